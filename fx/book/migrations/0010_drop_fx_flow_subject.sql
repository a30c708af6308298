-- Flows are added up; a flow that comes twice is known by its id.
DROP INDEX IF EXISTS fx_flow_subject

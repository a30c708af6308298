-- From here on a message is XML or an S2 block of it. A hub of before would take a block
-- for XML, and refuses to start on a database that has this step.
COMMENT ON COLUMN settlement_message.body IS 'the message as XML, or an S2 block of it'

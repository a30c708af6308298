-- A merchant may be a person, so declarations tell of one until they are forgotten.
UPDATE customs_declaration SET personal = true WHERE NOT personal AND merchant_name <> ''

# What a hub may do: sign with its key, read its public halves, read its own secrets,
# and get users of its database. It cannot make, change or export keys.

path "transit/keys/causeway" {
  capabilities = ["read"]
}

path "transit/sign/causeway" {
  capabilities = ["update"]
}

path "kv/data/causeway" {
  capabilities = ["read"]
}

path "database/creds/causeway" {
  capabilities = ["read"]
}

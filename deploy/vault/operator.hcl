# What those who exchange the hub's key may do, with `switch keys`. They cannot sign.

path "transit/keys/causeway" {
  capabilities = ["create", "read", "update"]
}

path "transit/keys/causeway/rotate" {
  capabilities = ["update"]
}

path "transit/keys/causeway/config" {
  capabilities = ["update"]
}

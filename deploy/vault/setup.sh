#!/usr/bin/env bash
# Prepares a Vault for a hub, with VAULT_ADDR and VAULT_TOKEN of somebody who may. It
# can be run again. The database engine is set up only if DATABASE_URL names a user
# who may make roles: DATABASE_URL=postgres://admin@host/causeway.
set -euo pipefail
cd "$(dirname "$0")"

vault secrets list | grep -q '^transit/' || vault secrets enable transit
vault secrets list | grep -q '^kv/' || vault secrets enable -path=kv -version=2 kv
vault auth list | grep -q '^approle/' || vault auth enable approle
vault policy write causeway-hub hub.hcl
vault policy write causeway-operator operator.hcl

# The secret id has no end of its own: it stays in the memory of the hub, whose token
# is renewed for a day, and replaced by a new login with the secret id.
vault write auth/approle/role/causeway token_policies=causeway-hub token_ttl=1h token_max_ttl=24h

if [ -n "${DATABASE_URL:-}" ]; then
  vault secrets list | grep -q '^database/' || vault secrets enable database
  vault write database/config/causeway plugin_name=postgresql-database-plugin \
    allowed_roles=causeway connection_url="$DATABASE_URL"
  vault write database/roles/causeway db_name=causeway default_ttl=1h max_ttl=24h \
    creation_statements="CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE causeway"
fi

echo "role_id: $(vault read -field=role_id auth/approle/role/causeway/role-id)"

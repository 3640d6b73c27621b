# A consumer that asks for its token with signet: reads what it holds from stdin, prints the answer.
require "json"
require "openssl"
require "signet/oauth_2/client"

own = JSON.parse($stdin.read)
client = Signet::OAuth2::Client.new(
  token_credential_uri: own["token_endpoint"],
  audience: own["issuer"],
  issuer: own["client_id"],
  scope: own["scope"],
  signing_key: OpenSSL::PKey.read(own["private_key"]),
  # iat is set back by a minute, so that the assertion lives 110 s.
  expiry: 50
)
begin
  puts JSON.generate("access_token" => client.fetch_access_token["access_token"])
rescue Signet::AuthorizationError => error
  puts JSON.generate("error" => error.message, "body" => error.response.body)
end

// A consumer that gets its token with golang.org/x/oauth2/jwt: reads what it holds from stdin, prints the answer.
package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log"
	"os"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/jwt"
)

type credentials struct {
	Issuer        string `json:"issuer"`
	ClientID      string `json:"client_id"`
	KeyID         string `json:"key_id"`
	PrivateKey    string `json:"private_key"`
	Scope         string `json:"scope"`
	TokenEndpoint string `json:"token_endpoint"`
}

func main() {
	var own credentials
	if err := json.NewDecoder(os.Stdin).Decode(&own); err != nil {
		log.Fatal(err)
	}
	identifier := make([]byte, 16)
	if _, err := rand.Read(identifier); err != nil {
		log.Fatal(err)
	}
	config := jwt.Config{
		Email:        own.ClientID,
		PrivateKey:   []byte(own.PrivateKey),
		PrivateKeyID: own.KeyID,
		Scopes:       []string{own.Scope},
		TokenURL:     own.TokenEndpoint,
		Audience:     own.Issuer,
		// The default of an hour is longer than an assertion may live; iat is set back by ten seconds.
		Expires:       90 * time.Second,
		PrivateClaims: map[string]interface{}{"jti": hex.EncodeToString(identifier)},
	}
	token, err := config.TokenSource(context.Background()).Token()
	answer := map[string]string{}
	var refusal *oauth2.RetrieveError
	switch {
	case err == nil:
		answer["access_token"] = token.AccessToken
	case errors.As(err, &refusal):
		answer["error"], answer["body"] = err.Error(), string(refusal.Body)
	default:
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		log.Fatal(err)
	}
}

// An API that checks tokens with go-oidc: provider PORT ISSUER ROUTES
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"

	"github.com/coreos/go-oidc"
)

func main() {
	port, issuer := os.Args[1], os.Args[2]
	var routes map[string]string
	if err := json.Unmarshal([]byte(os.Args[3]), &routes); err != nil {
		log.Fatal(err)
	}
	provider, err := oidc.NewProvider(context.Background(), issuer)
	if err != nil {
		log.Fatal(err)
	}
	// An access token's audience is no client.
	verifier := provider.Verifier(&oidc.Config{SkipClientIDCheck: true})
	http.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) {
		token, err := verifier.Verify(request.Context(), strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer "))
		if err != nil {
			http.Error(response, err.Error(), http.StatusUnauthorized)
			return
		}
		var claims struct {
			Scope string `json:"scope"`
		}
		if err := token.Claims(&claims); err != nil {
			http.Error(response, err.Error(), http.StatusUnauthorized)
			return
		}
		for _, scope := range strings.Split(claims.Scope, " ") {
			if scope == routes[request.URL.Path] {
				response.Write([]byte("here you are"))
				return
			}
		}
		http.Error(response, "the scope is missing", http.StatusForbidden)
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+port, nil))
}

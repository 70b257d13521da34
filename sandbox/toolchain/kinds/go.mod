module cyan.dev/toolchain/kinds

go 1.26.0

require (
	github.com/traefik/traefik/v3 v3.7.11
	istio.io/api v1.27.3
	sigs.k8s.io/gateway-api v1.6.1
)

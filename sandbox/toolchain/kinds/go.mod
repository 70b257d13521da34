module cyan.dev/toolchain/kinds

go 1.26.0

require (
	github.com/nginxinc/kubernetes-ingress v1.12.5
	github.com/argoproj/argo-rollouts v1.10.0
	github.com/fluxcd/flagger v1.44.0
	github.com/traefik/traefik/v3 v3.7.11
	istio.io/api v1.27.3
	sigs.k8s.io/gateway-api v1.6.1
)

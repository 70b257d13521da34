// Package ext is the extension point of Traefik's dynamic configuration as Traefik's open-source tree has it: two
// empty structs. Traefik names it by a path of its own repository that the module does not carry.
package ext

// HTTP extends the HTTP configuration.
type HTTP struct{}

// Router extends a router.
type Router struct{}

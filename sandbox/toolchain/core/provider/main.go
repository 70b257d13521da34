// Command provider is the Pulumi Kubernetes provider. Upstream's own main embeds files that its release
// process generates and its module lacks, so this one embeds the two files they are generated from; the
// build copies them here from the module (see ../README.md).
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var terraformMapping []byte

func main() {
	provider.Serve("kubernetes", "4.25.0", schema, terraformMapping)
}

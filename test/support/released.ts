import { type KubernetesObject } from "../../components/live/cluster";
import { type Color, colors, otherColor } from "../../components/model/color";
import { type Traffic } from "../../components/model/traffic";
import { type FakeObjects, slice } from "./cluster";

const labels = { "app.kubernetes.io/managed-by": "cyan" };
const prefix = "nginx.ingress.kubernetes.io";

interface Released {
  readonly traffic?: Traffic;
  readonly replicas?: number;
  /** Ready endpoints; as many as there are replicas by default. */
  readonly ready?: Readonly<Partial<Record<Color, number>>>;
  readonly images?: Readonly<Record<Color, string>>;
}

/** The objects of the service `shop` after an update, as a cluster has them. */
export function released({
  traffic = { activeColor: "blue", canaryWeight: 0 },
  replicas = 2,
  ready = {},
  images = { blue: "registry/shop:1", green: "registry/shop:2" },
}: Released = {}): FakeObjects {
  const { activeColor, canaryWeight } = traffic;
  const record = { "cyan.dev/active-color": activeColor, "cyan.dev/canary-weight": String(canaryWeight) };
  const split = { [`${prefix}/canary`]: "true", [`${prefix}/canary-weight`]: String(canaryWeight) };
  const main = ingress("shop", `shop-${activeColor}`, record);
  const canary = ingress("shop-canary", `shop-${otherColor(activeColor)}`, { ...record, ...split });
  return {
    kinds: { Ingress: [main, canary] },
    services: [
      { metadata: { name: "shop", labels }, spec: { selector: { "cyan.dev/color": activeColor } } },
      ...colors.map((color) => ({ metadata: { name: `shop-${color}`, labels } })),
    ],
    deployments: colors.map((color) => ({
      metadata: { name: `shop-${color}`, labels },
      spec: { replicas, template: { spec: { containers: [{ image: images[color] }] } } },
    })),
    endpointSlices: colors.map((color, index) => slice(`shop-${color}`, ready[color] ?? replicas, 100 * index)),
    pods: [],
  };
}

/** An Ingress at shop.example.com/ that leads to the Service `backend`. */
export function ingress(
  name: string,
  backend: string,
  annotations: Readonly<Record<string, string>>,
): KubernetesObject {
  const paths = [{ path: "/", pathType: "Prefix", backend: { service: { name: backend } } }];
  const spec = { ingressClassName: "nginx", rules: [{ host: "shop.example.com", http: { paths } }] };
  return { metadata: { name, labels, annotations }, ...{ spec } };
}

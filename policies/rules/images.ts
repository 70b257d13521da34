import { type Color, colors } from "../../components/model/color";
import { type ReleaseArgs } from "../../components/model/release-args";

/** An image that a release declares, and the config value that says so. */
interface Image {
  readonly where: string;
  readonly image: string;
  readonly color: Color;
}

export function imagesOf({ services }: ReleaseArgs): Image[] {
  return services.flatMap(({ name, workloads }) =>
    colors.map((color) => ({ where: `services.${name}.${color}.image`, image: workloads[color].image, color })),
  );
}

/** The registry of an image; Docker's own when it names none: https://pkg.go.dev/github.com/distribution/reference */
export function registryOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : "docker.io";
}

/** The tag of an image; undefined when it has none. */
export function tagOf(image: string): string | undefined {
  return /:([^:/]+)$/.exec(image.split("@")[0] ?? "")?.[1];
}

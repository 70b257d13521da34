import { Command } from "commander";
import { type Invocation, UserError } from "../invocation";

/** `cyan completion SHELL`: a script that completes commands and options, made from the commands themselves. */
export function completionCommand(root: Command, invocation: Invocation): Command {
  return new Command("completion")
    .description("print a completion script for bash, zsh or fish")
    .argument("<shell>", "bash, zsh or fish")
    .addHelpText("after", '\nExample:\n  eval "$(npx cyan completion bash)"')
    .action((shell: string) => {
      const script = scripts[shell];
      if (script === undefined) {
        throw new UserError(`no completion for ${shell}; there is one for ${Object.keys(scripts).join(", ")}`);
      }
      invocation.stdout.write(script(candidates(root)));
    });
}

/** For each command path ("sandbox up"), the words that may follow it. */
export function candidates(root: Command): ReadonlyMap<string, readonly string[]> {
  const result = new Map<string, readonly string[]>();
  const visit = (command: Command, path: readonly string[]): void => {
    const options = command.options.filter((option) => !option.hidden).flatMap((option) => option.long ?? []);
    result.set(path.join(" "), [...command.commands.map((child) => child.name()), ...options, "--help"]);
    for (const child of command.commands) visit(child, [...path, child.name()]);
  };
  visit(root, []);
  return result;
}

const scripts: Readonly<Record<string, (words: ReadonlyMap<string, readonly string[]>) => string>> = {
  bash,
  zsh,
  fish,
};

function bash(words: ReadonlyMap<string, readonly string[]>): string {
  const cases = [...words].map(
    ([path, next]) => `    "${path}") COMPREPLY=($(compgen -W "${next.join(" ")}" -- "$word")) ;;`,
  );
  return `_cyan() {
  local word="\${COMP_WORDS[COMP_CWORD]}" path="" each
  for each in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $each == cyan || $each == -* ]] || path="\${path:+$path }$each"
  done
  case "$path" in
${cases.join("\n")}
  esac
}
complete -F _cyan cyan
`;
}

function zsh(words: ReadonlyMap<string, readonly string[]>): string {
  return `autoload -U +X bashcompinit && bashcompinit\n${bash(words)}`;
}

function fish(words: ReadonlyMap<string, readonly string[]>): string {
  const lines = [...words].flatMap(([path, next]) => {
    const seen = path === "" ? "__fish_use_subcommand" : `string match -qr '^cyan ${path}( |$)' -- (commandline -cp)`;
    return `complete -c cyan -f -n "${seen}" -a "${next.join(" ")}"`;
  });
  return `${lines.join("\n")}\n`;
}

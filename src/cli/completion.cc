#include "cli/completion.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace claviger::cli {
namespace {

// A command by its path ("account root-key list") and what may follow it.
struct Node {
  std::string path;
  std::vector<std::string> words;
};

void Collect(const CLI::App& command, const std::string& path, std::vector<Node>& nodes) {
  Node node{.path = path, .words = {}};
  for (const CLI::App* child : command.get_subcommands([](const CLI::App*) { return true; })) {
    node.words.push_back(child->get_name());
    Collect(*child, path.empty() ? child->get_name() : path + " " + child->get_name(), nodes);
  }
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) node.words.push_back("--" + name);
  }
  nodes.push_back(std::move(node));
}

std::string Join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// Finds the longest command among the words so far, and offers what may follow it, else files.
constexpr const char* kBash = R"(_claviger() {
  local path="" word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="${COMP_WORDS[i]}"
    [[ "$word" == -* ]] && continue
    if [[ -n "${_claviger_words["${path:+$path }$word"]+set}" ]]; then path="${path:+$path }$word"; fi
  done
  COMPREPLY=($(compgen -W "${_claviger_words["${path:-.}"]}" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _claviger claviger
)";

void PrintBash(const std::vector<Node>& nodes) {
  std::printf("# bash completion of claviger. Load it with: source <(claviger completion bash)\n");
  std::printf("declare -gA _claviger_words=(\n");
  for (const Node& node : nodes) {
    std::printf("  [\"%s\"]=\"%s\"\n", node.path.empty() ? "." : node.path.c_str(), Join(node.words).c_str());
  }
  std::printf(")\n%s", kBash);
}

void PrintZsh(const std::vector<Node>& nodes) {
  std::printf("# zsh completion of claviger. Load it with: source <(claviger completion zsh)\n");
  std::printf("autoload -U +X bashcompinit && bashcompinit\n");
  PrintBash(nodes);
}

void PrintFish(const std::vector<Node>& nodes) {
  std::printf("# fish completion of claviger. Load it with: claviger completion fish | source\n");
  for (const Node& node : nodes) {
    std::string condition = "__fish_use_subcommand";
    if (!node.path.empty()) {
      condition.clear();
      std::string rest = node.path;
      for (std::size_t space = 0; space != std::string::npos; rest = rest.substr(space + 1)) {
        space = rest.find(' ');
        condition += (condition.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + rest.substr(0, space));
        if (space == std::string::npos) break;
      }
    }
    for (const std::string& word : node.words) {
      const bool flag = word.starts_with("--");
      std::printf("complete -c claviger -n '%s' %s %s\n", condition.c_str(), flag ? "-l" : "-f -a",
                  flag ? word.substr(2).c_str() : word.c_str());
    }
  }
}

}  // namespace

void AddCompletionCommand(CLI::App& app, std::function<int()>& chosen) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("completion", "Print a completion script for a shell");
  command->add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([&app, &chosen, shell] {
    chosen = [&app, shell] {
      std::vector<Node> nodes;
      Collect(app, "", nodes);
      (*shell == "bash" ? PrintBash : *shell == "zsh" ? PrintZsh : PrintFish)(nodes);
      return 0;
    };
  });
}

}  // namespace claviger::cli

#include "cli/parse.h"

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/grammar.h"
#include "server/names.h"

namespace coinwake::cli {
namespace {

constexpr char kVersion[] = "coinwake " COINWAKE_VERSION;

// What is wrong with a command line. Words that mean nothing come before what is missing because of
// them, in the order they were given.
std::string Complaint(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> unknown = app.remaining(/*recurse=*/true);
  if (unknown.empty()) return error.what();
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  const bool needs_command = command->get_require_subcommand_min() > 0;
  if (needs_command && !unknown.front().starts_with('-')) {
    return absl::StrCat("unknown command \"", server::Excerpt(unknown.front()), "\"");
  }
  std::string words;
  for (const std::string& word : unknown) absl::StrAppend(&words, " ", word);
  return absl::StrCat("not understood:", server::Excerpt(words));
}

}  // namespace

absl::StatusOr<ParsedCommandLine> ParseCommandLine(int argc, const char* const* argv) {
  ParsedCommandLine parsed;
  CLI::App app(
      "Follows payments through Bitcoin and Tron: indexes a node's raw blocks, groups addresses, "
      "and "
      "says where the money of a seller went.",
      "coinwake");
  app.fallthrough();
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string(kVersion));
  app.footer(
      "--data, --network, --json and --progress go with every command, before or after it.\n"
      "Exit status: 0 done, 1 the data or the system failed, 2 the command line is wrong.");
  Grammar grammar(app, parsed.invocation);
  grammar.AddAll();
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    parsed.text = app.help();  // of the innermost command named
  } catch (const CLI::CallForAllHelp&) {
    parsed.text = app.help("", CLI::AppFormatMode::All);
  } catch (const CLI::CallForVersion&) {
    parsed.text = std::string(kVersion) + "\n";
  } catch (const CLI::ParseError& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(Complaint(app, error), "; `coinwake --help` lists the commands"));
  }
  return parsed;
}

}  // namespace coinwake::cli

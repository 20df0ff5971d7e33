// Short forms of long names in a table, and what they stand for below it.
#ifndef COINWAKE_CLI_LEGEND_H_
#define COINWAKE_CLI_LEGEND_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coinwake::cli {

// Collects the names of one table, or of tables that belong together.
class Legend {
 public:
  // `network`, by name, says whose tokens are known.
  explicit Legend(std::string_view network) : network_(network) {}

  // The name in at most `most` characters, more where another name was given that form before: a
  // fake may share what is left of a name. The same every time for the same name.
  std::string ShortOf(const std::string& name, std::size_t most);

  // "SHORT  = NAME" for every name that was cut, in order of first appearance, below an empty line;
  // Tether's contract on its network is marked. "" where none was cut.
  std::string Render(std::size_t indent = 0) const;

 private:
  const std::string network_;
  std::map<std::string, std::string> short_of_;             // by name
  std::map<std::string, std::string> name_of_;              // by short form
  std::vector<std::pair<std::string, std::string>> lines_;  // short form, name
};

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_LEGEND_H_

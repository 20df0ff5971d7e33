#include "cli/legend.h"

#include <algorithm>

#include "cli/table.h"
#include "indexer/base/network.h"
#include "indexer/base/utf8.h"
#include "indexer/tron/known_addresses.h"
#include "server/account_names.h"

namespace coinwake::cli {
namespace {

// As an account, and as an asset.
bool IsTether(std::string_view name) {
  if (name.starts_with(server::kTrc20Prefix)) name.remove_prefix(server::kTrc20Prefix.size());
  return name == tron::kTetherContract;
}

}  // namespace

std::string Legend::ShortOf(const std::string& name, std::size_t most) {
  if (name.size() <= most) return name;
  const auto [known, is_new] = short_of_.try_emplace(name);
  if (!is_new) return known->second;
  std::string text = ShortName(name, most);
  while (!name_of_.try_emplace(text, name).second) text = ShortName(name, ++most);
  known->second = text;
  lines_.emplace_back(text, name);
  return text;
}

std::string Legend::Render(std::size_t indent) const {
  std::size_t width = 0;
  for (const auto& [text, name] : lines_) width = std::max(width, Width(text));
  std::string lines;
  for (const auto& [text, name] : lines_) {
    lines.append(indent, ' ');
    lines += text;
    lines.append(width - Width(text), ' ');
    lines += "  = " + Printable(name);
    if (network_ == NetworkName(Network::kTron) && IsTether(name)) lines += ", USDT (Tether)";
    lines += '\n';
  }
  return lines.empty() ? lines : '\n' + lines;
}

}  // namespace coinwake::cli

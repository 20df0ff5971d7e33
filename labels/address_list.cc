#include "labels/address_list.h"

#include <algorithm>
#include <string>

#include "indexer/base/ascii.h"
#include "nlohmann/json.hpp"

namespace coinwake {
namespace {

// Such a list says no more than which addresses it lists.
void AddBare(std::uint64_t row, std::string_view address, const std::string& list,
             LabelCollector* collector) {
  Label label;
  label.name = list;
  label.label_class = LabelClass::kSanction;
  collector->Add(row, address, std::nullopt, std::move(label));
}

std::string BeginBare(LabelCollector* collector) {
  collector->SetBareList();
  return ValidPrefix(collector->BeginList(collector->FileName(), /*may_be_part=*/false),
                     kMaxLabelNameBytes);
}

// Takes the texts of the one array that counts, as they are read, so that hostile JSON needs no
// more memory than a list.
class ListReader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  ListReader(std::string list, LabelCollector* collector)
      : list_(std::move(list)), collector_(*collector) {}

  bool found() const { return found_; }
  const std::string& failure() const { return failure_; }

  bool null() override { return Other(); }
  bool boolean(bool) override { return Other(); }
  bool number_integer(number_integer_t) override { return Other(); }
  bool number_unsigned(number_unsigned_t) override { return Other(); }
  bool number_float(number_float_t, const string_t&) override { return Other(); }
  bool binary(binary_t&) override { return Other(); }
  bool string(string_t& text) override {
    if (!InList()) return true;
    AddBare(++entries_, text, list_, &collector_);
    return collector_.status().ok();
  }
  bool start_object(std::size_t) override { return Open(/*is_array=*/false); }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open(/*is_array=*/true); }
  bool end_array() override { return Close(); }
  bool key(string_t& name) override {
    if (depth_ == 1) in_addresses_ = name == "addresses";
    return true;
  }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception& error) override {
    failure_ = error.what();
    return false;
  }

 private:
  bool InList() const { return list_depth_ != 0 && depth_ == list_depth_; }
  bool Other() {
    if (InList()) collector_.Reject(++entries_, "an entry that is no text");
    return collector_.status().ok();
  }
  bool Open(bool is_array) {
    if (!Other()) return false;
    const bool is_list = is_array && (depth_ == 0 || (depth_ == 1 && in_addresses_));
    ++depth_;
    if (is_list && list_depth_ == 0) {
      list_depth_ = depth_;
      found_ = true;
    }
    return true;
  }
  bool Close() {
    if (depth_ == list_depth_) list_depth_ = 0;
    --depth_;
    return true;
  }

  const std::string list_;
  LabelCollector& collector_;
  std::size_t depth_ = 0;
  std::size_t list_depth_ = 0;  // of what is inside the list; 0: not inside
  bool in_addresses_ = false;
  bool found_ = false;
  std::uint64_t entries_ = 0;
  std::string failure_;
};

}  // namespace

absl::Status ReadAddressLines(std::string_view text, LabelCollector* collector) {
  const std::string list = BeginBare(collector);
  for (std::uint64_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view content = ascii::TrimSpaces(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.empty() || content.front() == '#') continue;
    AddBare(line, content, list, collector);
    COINWAKE_RETURN_IF_ERROR(collector->status());
  }
  return absl::OkStatus();
}

absl::Status ReadAddressJson(std::string_view text, LabelCollector* collector) {
  ListReader reader(BeginBare(collector), collector);
  const bool parsed = nlohmann::json::sax_parse(text.begin(), text.end(), &reader);
  COINWAKE_RETURN_IF_ERROR(collector->status());
  if (!parsed) return collector->Error(1, "no JSON: " + reader.failure());
  if (!reader.found()) {
    return collector->NoList(
        1, "JSON without a list of addresses: an array of texts, or an object with `addresses`");
  }
  return absl::OkStatus();
}

}  // namespace coinwake

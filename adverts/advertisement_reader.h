// Runs the address finder over every part of an advertisement that can hold an address.
#ifndef COINWAKE_ADVERTS_ADVERTISEMENT_READER_H_
#define COINWAKE_ADVERTS_ADVERTISEMENT_READER_H_

#include <string>
#include <string_view>
#include <vector>

#include "adverts/address_finder.h"

namespace coinwake {

// An address and the kind of place it was found in: "" for plain text, "html_text",
// "html_attribute:href", "html_comment", ...
struct PlacedAddress {
  FoundAddress found;
  std::string place;
};

struct AdvertisementText {
  std::vector<PlacedAddress>
      addresses;         // ascending by begin; the same value at the same place once
  std::string seller;    // empty: the page does not say
  bool complete = true;  // false: a place held AddressFinder::kMaxFound or more
};

AdvertisementText ReadPlainText(std::string_view text);
AdvertisementText ReadHtml(std::string_view page);

}  // namespace coinwake

#endif  // COINWAKE_ADVERTS_ADVERTISEMENT_READER_H_

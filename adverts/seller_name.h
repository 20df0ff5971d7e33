// What an advertisement calls its seller.
#ifndef COINWAKE_ADVERTS_SELLER_NAME_H_
#define COINWAKE_ADVERTS_SELLER_NAME_H_

#include <string>
#include <string_view>

namespace coinwake {

inline constexpr std::size_t kMaxSellerNameBytes = 200;

// Valid UTF-8 with white space and control characters collapsed to single spaces, none at the ends,
// cut to kMaxSellerNameBytes at a character.
std::string CleanName(std::string_view raw);

// The name in the first line "Seller: NAME" or "Vendor: NAME" (also "Seller name:", "Sold by:", any
// case, Markdown marks around them), or in the next line that is not empty where the label stands
// alone. Empty when no line says it.
std::string SellerNameInText(std::string_view text);

// The file's name without folders and the last extension: "ads/blue-heron.html" is "blue-heron".
std::string StemOfPath(std::string_view path);

}  // namespace coinwake

#endif  // COINWAKE_ADVERTS_SELLER_NAME_H_

// HTML character references, as far as they can stand inside or beside an address.
#ifndef COINWAKE_ADVERTS_HTML_ENTITY_H_
#define COINWAKE_ADVERTS_HTML_ENTITY_H_

#include <cstddef>
#include <string_view>

namespace coinwake {

struct HtmlEntity {
  char32_t code = 0;
  std::size_t size_bytes = 0;  // of the reference in the text; 0: no reference here
};

// Where references count, and how those that lack ';' are read.
enum class References { kNone, kInText, kInAttribute };

// The reference that begins at `offset` ('&'). Decimal and hexadecimal ones of any length, with or
// without ';' (HTML 13.2.5.80). Named ones for ASCII punctuation, white space and characters a
// reader does not see, and those of HTML 4 and before, which may lack their ';' (in an attribute
// only where neither '=' nor a letter or digit follows, 13.2.5.73): no name stands for a letter or
// digit of an address. REQUIRES: offset < size; `where` is not kNone.
HtmlEntity DecodeHtmlEntity(std::string_view text, std::size_t offset, References where);

}  // namespace coinwake

#endif  // COINWAKE_ADVERTS_HTML_ENTITY_H_

// The folder of a seller, by its name.
#ifndef COINWAKE_REPORTS_FOLDER_NAME_H_
#define COINWAKE_REPORTS_FOLDER_NAME_H_

#include <string>
#include <string_view>

namespace coinwake {

// A name that every file system takes, of the label alone, so that it does not depend on who else
// is in the report. A label of at most 80 letters, digits, '.', '_' and '-' (ASCII), the first and
// last of them a letter or digit, is its own name. Of any other, what is between letters and digits
// becomes one of these marks, '-' for other bytes; it is cut, and '-' and 16 hex digits of its
// SHA-256 follow, which tell "A/B" from "A B"; so they do after a label that ends in such digits
// itself, or is a word that Windows keeps (CON).
std::string FolderNameOf(std::string_view label);

}  // namespace coinwake

#endif  // COINWAKE_REPORTS_FOLDER_NAME_H_

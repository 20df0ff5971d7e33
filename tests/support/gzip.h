// Fixtures as tests want them: plain bytes, whether they are stored compressed or not.
#ifndef COINWAKE_TESTS_SUPPORT_GZIP_H_
#define COINWAKE_TESTS_SUPPORT_GZIP_H_

#include <cstdint>
#include <string>
#include <vector>

namespace coinwake {

// The bytes of `path`, inflated when they are gzip; when there is no such file, those of `path`.gz.
// A fixture that cannot be read ends the program with a message naming it.
std::vector<std::uint8_t> ReadMaybeGzip(const std::string& path);

// The same as text, split at newlines; empty lines are left out.
std::vector<std::string> ReadLinesMaybeGzip(const std::string& path);

// Copies the plain files of `from` (not its folders) into `to`, which is made when missing; those
// that end in .gz are inflated and lose the ending.
void UnpackFolder(const std::string& from, const std::string& to);

}  // namespace coinwake

#endif  // COINWAKE_TESTS_SUPPORT_GZIP_H_

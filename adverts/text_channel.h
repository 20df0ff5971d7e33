// One stream of an advertisement's text, read in every way that its encodings allow.
//
// A stream is read as it stands, and again with what may hide an address undone: with %XX decoded
// where it holds '%', because "%3A" before an address looks like part of it; and with the escapes
// of JSON decoded (RFC 8259 section 7), and %XX after them, where it holds '\', because "\n" before
// an address looks like a letter of it. An address that several readings find at one place counts
// for the first of them.
#ifndef COINWAKE_ADVERTS_TEXT_CHANNEL_H_
#define COINWAKE_ADVERTS_TEXT_CHANNEL_H_

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "adverts/address_finder.h"
#include "adverts/html_entity.h"

namespace coinwake {

class TextChannel {
 public:
  // `sample` holds every kind of character that the stream will have: the stream itself, or what it
  // is a part of.
  explicit TextChannel(std::string_view sample);
  TextChannel(const TextChannel&) = delete;
  TextChannel& operator=(const TextChannel&) = delete;
  ~TextChannel();

  // The characters of `text`, which stands at `offset`; `references`: HTML character references
  // which count in it.
  void PutText(std::uint64_t offset, std::string_view text, References references);
  // As AddressFinder.
  void SoftBreak(std::uint32_t undone);
  void LineBreak();
  void HardBreak();
  void SetPreformatted(bool preformatted);

  // Ends the stream; call once. The addresses of all readings, in no order. `*complete` becomes
  // false when a reading holds AddressFinder::kMaxFound.
  std::vector<FoundAddress> Finish(bool* complete);

 private:
  class Reading;
  void Put(char32_t code, std::uint64_t begin, std::uint64_t end, std::uint32_t undone);

  std::vector<std::unique_ptr<Reading>> readings_;  // the plain one first
};

}  // namespace coinwake

#endif  // COINWAKE_ADVERTS_TEXT_CHANNEL_H_

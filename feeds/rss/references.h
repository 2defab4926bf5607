#pragma once
// Character and entity references of XML text, decoded in place. Private to this folder.
//
// Known are the five entities of XML, those of HTML (feeds use them without declaring them), numeric
// references (0x80 to 0x9F read as windows-1252, as browsers do), and the literal entities of the document's
// own internal subset. What is none of these stays as it is, so a bare ampersand does too. An entity whose
// text holds a reference is not kept at all: nothing expands twice, and expansions are bounded per document.

#include <memory_resource>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace circuit::feeds::rss {

class References {
 public:
  // Where decoded text goes that is longer than its source. Must outlive this object.
  explicit References(std::pmr::memory_resource& arena) : arena_(arena) {}

  // Takes over the literal entities declared in the internal subset of a <!DOCTYPE ...>. `subset` must
  // outlive this object, and later texts.
  void declare(std::string_view subset);

  // Overwrites `text`, which must be writable memory, and returns what it means.
  std::string_view decode(std::string_view text);

  // Decodes into a copy.
  void append_decoded(std::string& out, std::string_view text) const;

 private:
  struct Replacement;
  Replacement reference_at(std::string_view text) const;
  std::string_view declared(std::string_view name) const;

  std::pmr::memory_resource& arena_;
  std::vector<std::pair<std::string_view, std::string_view>> declared_;
  mutable size_t expanded_bytes_ = 0;
};

} // namespace circuit::feeds::rss

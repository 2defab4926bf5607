#pragma once
// What kind of body this is, from its first bytes. Private to this folder. Pure.

#include <string_view>

namespace circuit::feeds::rss {

// Whether these bytes, whatever their encoding, are no text at all; `kind` then names them ("a gzip stream").
// nullptr: text.
const char* binary_kind(std::string_view bytes);

enum class TextKind { kEmpty, kJson, kMarkup, kOther };
TextKind text_kind(std::string_view decoded);

} // namespace circuit::feeds::rss

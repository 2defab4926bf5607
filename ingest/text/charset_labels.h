#pragma once
// Names of character encodings, as documents write them. Private to this folder. Pure functions; any thread.

#include <string>
#include <string_view>

namespace circuit::text {

// The ICU converter that browsers' meaning of `label` needs ("iso-8859-1" is read as windows-1252), or empty
// where the label is unknown or not to be believed (UTF-7). `label` is in any case.
std::string converter_name(std::string_view label);

// Whether bytes below 0x80 mean ASCII in this converter; false where it is not known.
bool is_ascii_superset(std::string_view converter);

bool is_utf8_label(std::string_view label);

// UTF-16 and UTF-32 in all their spellings: labels that only bytes with NULs can bear out.
bool is_wide_label(std::string_view label);

} // namespace circuit::text

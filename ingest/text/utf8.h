#pragma once
// What both charset decoding and HTML parsing need to know about UTF-8. Private to this folder.
// Pure functions; any thread.

#include <cstdint>
#include <string>
#include <string_view>

namespace circuit::text {

struct ByteSurvey {
  bool ascii = true;         // no byte above 0x7F
  bool has_controls = false; // some C0 control other than TAB, LF, CR
};

// One pass at memory speed; says nothing about validity.
ByteSurvey survey_bytes(std::string_view bytes);

// The length of the well-formed sequence at `p`, or 0. `p < end`.
size_t sequence_length(const char* p, const char* end);

// Decodes the sequence at `p`, which must be well-formed, and moves `p` behind it.
char32_t next_code_point(const char*& p);

// Appends a code point; surrogates and values beyond U+10FFFF become U+FFFD.
void append_utf8(std::string& out, char32_t code_point);

struct CleanText {
  std::string utf8;
  bool replaced = false; // something was ill-formed and became U+FFFD
};

// As clean_utf8, and says whether it had to repair.
CleanText clean_text(std::string_view text);
// The same where it is known what it holds, and whether it is well-formed (as all ASCII is).
CleanText clean_text(std::string_view text, const ByteSurvey& survey, bool well_formed);

// How far ill-formed UTF-8 is from being UTF-8.
struct SequenceCount {
  size_t multi_byte = 0; // well-formed sequences of two bytes and more
  size_t ill_formed =
      0; // places where none begins; the end of the text, where one may be cut off, is not counted
};
SequenceCount count_sequences(std::string_view bytes);

} // namespace circuit::text

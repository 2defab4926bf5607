#include "feeds/rss/people.h"

#include "feeds/rss/ascii.h"

namespace circuit::feeds::rss {
namespace {

bool is_address_character(char c) {
  return is_letter(c) || is_digit(c) ||
         std::string_view("!#$%&'*+-./=?^_`{|}~").find(c) != std::string_view::npos;
}

bool is_host_character(char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.'; }

// The mail address around the first '@' that has one, as positions in `text`; empty: none.
std::string_view find_address(std::string_view text) {
  for (size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    size_t start = at;
    while (start > 0 && is_address_character(text[start - 1])) --start;
    size_t end = at + 1;
    while (end < text.size() && is_host_character(text[end])) ++end;
    while (end > at + 1 && text[end - 1] == '.') --end;
    if (start < at && end > at + 1) return text.substr(start, end - start);
  }
  return {};
}

// Without the brackets and spaces around a name.
std::string_view strip(std::string_view text) {
  constexpr std::string_view kBrackets = "()<>[]\"";
  text = trim(text);
  while (!text.empty() && kBrackets.find(text.front()) != std::string_view::npos) text = trim(text.substr(1));
  while (!text.empty() && kBrackets.find(text.back()) != std::string_view::npos) {
    const bool closes_inner = text.back() == ')' && text.find('(') != std::string_view::npos;
    if (closes_inner) break;
    text = trim(text.substr(0, text.size() - 1));
  }
  return text;
}

} // namespace

Person parse_person(std::string_view text) {
  Person person{.text = text};
  std::string_view address = find_address(text);
  if (address.empty()) {
    person.name = strip(text);
    return person;
  }
  const auto before = static_cast<size_t>(address.data() - text.data());
  const std::string_view left = strip(text.substr(0, before));
  const std::string_view right = strip(text.substr(before + address.size()));
  if (starts_with_ignoring_case(address, "mailto:")) address.remove_prefix(7);
  person.email = address;
  person.name = left.empty() || equals_ignoring_case(left, "mailto:") ? right : left;
  return person;
}

std::string display_person(const Person& person) {
  if (!person.text.empty()) return std::string(person.text);
  std::string shown(person.name);
  if (!person.email.empty()) {
    if (shown.empty()) return std::string(person.email);
    shown += " (";
    shown += person.email;
    shown += ')';
  }
  return shown;
}

} // namespace circuit::feeds::rss

#include "ingest/http/message.h"

#include <algorithm>

namespace circuit::http {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

} // namespace

bool same_header(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

void Headers::set(std::string_view name, std::string value) {
  remove(name);
  add(std::string(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [name](const auto& field) { return same_header(field.first, name); });
}

std::string_view Headers::get(std::string_view name) const {
  for (const auto& field : fields_) {
    if (same_header(field.first, name)) return field.second;
  }
  return {};
}

bool Headers::has(std::string_view name) const {
  return std::any_of(fields_.begin(), fields_.end(),
                     [name](const auto& field) { return same_header(field.first, name); });
}

void Headers::append_to_last(std::string_view more) {
  if (!fields_.empty()) fields_.back().second.append(1, ' ').append(more);
}

} // namespace circuit::http

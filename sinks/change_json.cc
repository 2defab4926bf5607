#include "sinks/change_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string_view>
#include <vector>

#include "sinks/json_string.h"

namespace circuit::sinks {
namespace {

namespace v1 = circuit::feeds::v1;

// Members of one object, in the order of their numbers; default values are left out, as the mapping has it.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
  ~ObjectWriter() { out_ += '}'; }
  ObjectWriter(const ObjectWriter&) = delete;
  ObjectWriter& operator=(const ObjectWriter&) = delete;

  // `name` is written as it is: `"feed":`.
  std::string& member(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += name;
    return out_;
  }
  void text(std::string_view name, const std::string& value) {
    if (!value.empty()) append_json_string(value, member(name));
  }
  void number(std::string_view name, int64_t value) { // 64-bit numbers are strings in JSON
    if (value == 0) return;
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    member(name).append("\"").append(digits.data(), end).append("\"");
  }
  void flag(std::string_view name, bool value) {
    if (value) member(name) += "true";
  }
  // A value without a name, from a newer contract, is written as its number.
  void enumeration(std::string_view name, int value, const std::string& value_name) {
    if (value == 0) return;
    if (value_name.empty()) {
      member(name) += std::to_string(value);
    } else {
      member(name).append("\"").append(value_name).append("\"");
    }
  }
  template <class Items, class Append>
  void list(std::string_view name, const Items& items, Append append) {
    if (items.empty()) return;
    member(name) += '[';
    bool first = true;
    for (const auto& item : items) {
      if (!first) out_ += ',';
      first = false;
      append(item, out_);
    }
    out_ += ']';
  }

 private:
  std::string& out_;
  bool first_ = true;
};

// RFC 3339 in UTC with 0, 3, 6 or 9 digits of a second.
bool append_timestamp(const google::protobuf::Timestamp& time, std::string& out) {
  constexpr int64_t kFirstSecond = -62135596800; // 0001-01-01T00:00:00Z
  constexpr int64_t kLastSecond = 253402300799;  // 9999-12-31T23:59:59Z
  if (time.seconds() < kFirstSecond || time.seconds() > kLastSecond) return false;
  if (time.nanos() < 0 || time.nanos() > 999'999'999) return false;
  const std::chrono::sys_seconds seconds{std::chrono::seconds(time.seconds())};
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(seconds - day);

  const auto digits = [&out](int64_t value, int width) {
    std::array<char, 9> text;
    for (int i = width; i-- > 0; value /= 10)
      text[static_cast<size_t>(i)] = static_cast<char>('0' + value % 10);
    out.append(text.data(), static_cast<size_t>(width));
  };
  out += '"';
  digits(static_cast<int>(date.year()), 4);
  out += '-';
  digits(static_cast<unsigned>(date.month()), 2);
  out += '-';
  digits(static_cast<unsigned>(date.day()), 2);
  out += 'T';
  digits(clock.hours().count(), 2);
  out += ':';
  digits(clock.minutes().count(), 2);
  out += ':';
  digits(clock.seconds().count(), 2);
  if (const int nanos = time.nanos(); nanos != 0) {
    out += '.';
    if (nanos % 1'000'000 == 0) {
      digits(nanos / 1'000'000, 3);
    } else if (nanos % 1'000 == 0) {
      digits(nanos / 1'000, 6);
    } else {
      digits(nanos, 9);
    }
  }
  out += "Z\"";
  return true;
}

void append_text(const std::string& text, std::string& out) { append_json_string(text, out); }

void append_person(const v1::Person& person, std::string& out) {
  ObjectWriter object(out);
  object.text("\"name\":", person.name());
  object.text("\"email\":", person.email());
  object.text("\"url\":", person.url());
}

void append_tag(const v1::Tag& tag, std::string& out) {
  ObjectWriter object(out);
  object.text("\"term\":", tag.term());
  object.text("\"scheme\":", tag.scheme());
  object.text("\"label\":", tag.label());
}

void append_attachment(const v1::Attachment& attachment, std::string& out) {
  ObjectWriter object(out);
  object.text("\"url\":", attachment.url());
  object.text("\"mimeType\":", attachment.mime_type());
  object.number("\"sizeBytes\":", attachment.size_bytes());
  object.text("\"title\":", attachment.title());
}

void append_principal(const v1::Principal& principal, std::string& out) {
  ObjectWriter object(out);
  object.enumeration("\"kind\":", principal.kind(), v1::Principal::Kind_Name(principal.kind()));
  object.text("\"id\":", principal.id());
  object.text("\"email\":", principal.email());
  object.text("\"displayName\":", principal.display_name());
}

void append_permissions(const v1::Permissions& permissions, std::string& out) {
  ObjectWriter object(out);
  object.enumeration("\"visibility\":", permissions.visibility(),
                     v1::Permissions::Visibility_Name(permissions.visibility()));
  object.list("\"readers\":", permissions.readers(), append_principal);
}

void append_raw_content(const v1::RawContent& raw, std::string& out) {
  ObjectWriter object(out);
  object.text("\"sha256\":", raw.sha256());
  object.number("\"sizeBytes\":", raw.size_bytes());
}

void append_metadata(const google::protobuf::Map<std::string, std::string>& metadata, std::string& out) {
  std::vector<const google::protobuf::Map<std::string, std::string>::value_type*> entries;
  entries.reserve(metadata.size());
  for (const auto& entry : metadata) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  out += '{';
  for (const auto* entry : entries) {
    if (entry != entries.front()) out += ',';
    append_json_string(entry->first, out);
    out += ':';
    append_json_string(entry->second, out);
  }
  out += '}';
}

bool append_document(const v1::Document& document, std::string& out) {
  ObjectWriter object(out);
  object.text("\"feed\":", document.feed());
  object.text("\"connection\":", document.connection());
  object.text("\"provider\":", document.provider());
  object.text("\"externalId\":", document.external_id());
  object.text("\"parentId\":", document.parent_id());
  object.list("\"path\":", document.path(), append_text);
  object.text("\"canonicalUrl\":", document.canonical_url());
  object.text("\"title\":", document.title());
  object.list("\"authors\":", document.authors(), append_person);
  if (document.has_created_at() &&
      !append_timestamp(document.created_at(), object.member("\"createdAt\":"))) {
    return false;
  }
  if (document.has_updated_at() &&
      !append_timestamp(document.updated_at(), object.member("\"updatedAt\":"))) {
    return false;
  }
  object.text("\"language\":", document.language());
  object.text("\"mimeType\":", document.mime_type());
  object.text("\"text\":", document.text());
  object.flag("\"textTruncated\":", document.text_truncated());
  if (!document.metadata().empty()) append_metadata(document.metadata(), object.member("\"metadata\":"));
  object.list("\"tags\":", document.tags(), append_tag);
  object.list("\"attachments\":", document.attachments(), append_attachment);
  if (document.has_permissions())
    append_permissions(document.permissions(), object.member("\"permissions\":"));
  object.text("\"version\":", document.version());
  object.text("\"contentHash\":", document.content_hash());
  if (document.has_raw()) append_raw_content(document.raw(), object.member("\"raw\":"));
  return true;
}

bool append_change(const v1::Change& change, std::string& out) {
  ObjectWriter object(out);
  object.enumeration("\"kind\":", change.kind(), v1::Change::Kind_Name(change.kind()));
  object.text("\"feed\":", change.feed());
  object.text("\"externalId\":", change.external_id());
  object.number("\"epoch\":", change.epoch());
  object.number("\"sequence\":", change.sequence());
  if (change.has_document() && !append_document(change.document(), object.member("\"document\":")))
    return false;
  object.text("\"removalReason\":", change.removal_reason());
  return true;
}

} // namespace

Result<void> append_change_json(const v1::Change& change, std::string& out) {
  const size_t before = out.size();
  if (append_change(change, out)) return {};
  out.resize(before);
  return make_error(ErrorClass::kInvalid, "TIMESTAMP_OUT_OF_RANGE",
                    "document " + change.external_id() + " has a time outside the years 1 to 9999",
                    "Correct the document's dates at its provider")
      .with("external_id", change.external_id());
}

} // namespace circuit::sinks

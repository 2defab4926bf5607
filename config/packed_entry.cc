#include "config/packed_entry.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <bit>
#include <concepts>
#include <limits>
#include <map>
#include <type_traits>
#include <vector>

#include "config/entry_fields.h"

namespace circuit::config {
namespace {

using google::protobuf::io::ArrayInputStream;
using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;
using google::protobuf::io::StringOutputStream;

class Packer {
 public:
  explicit Packer(CodedOutputStream& out) : out_(out) {}

  template <class... Fields>
  void operator()(const Fields&... fields) {
    (put(fields), ...);
  }

 private:
  void put(const std::string& text) {
    out_.WriteVarint64(text.size());
    out_.WriteString(text);
  }
  template <std::integral Number>
  void put(Number number) {
    out_.WriteVarint64(static_cast<uint64_t>(number));
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void put(Enum value) { put(static_cast<uint64_t>(value)); }
  void put(double number) { out_.WriteLittleEndian64(std::bit_cast<uint64_t>(number)); }
  void put(Duration duration) { put(duration.count()); }
  void put(const google::protobuf::MessageLite& message) { put(message.SerializeAsString()); }
  template <class Value>
  void put(const std::optional<Value>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class Value>
  void put(const std::vector<Value>& values) {
    put(values.size());
    for (const auto& value : values) put(value);
  }
  template <class Value>
  void put(const std::map<std::string, Value>& values) {
    put(values.size());
    for (const auto& [key, value] : values) (*this)(key, value);
  }
  template <class Record>
  requires(kFieldCount<Record> > 0) void put(const Record& record) { with_fields(record, *this); }

  CodedOutputStream& out_;
};

class Unpacker {
 public:
  explicit Unpacker(CodedInputStream& in) : in_(in) {}

  bool failed() const { return failed_; }

  template <class... Fields>
  void operator()(Fields&... fields) {
    (get(fields), ...);
  }

 private:
  uint64_t number() {
    uint64_t value = 0;
    if (!failed_ && !in_.ReadVarint64(&value)) failed_ = true;
    return failed_ ? 0 : value;
  }
  // Of what is still to be read, each a byte at least.
  uint64_t count() {
    const uint64_t value = number();
    const int left = in_.BytesUntilLimit();
    if (value > static_cast<uint64_t>(left)) failed_ = true;
    return failed_ ? 0 : value;
  }
  void get(std::string& text) {
    if (!in_.ReadString(&text, static_cast<int>(count()))) failed_ = true;
  }
  template <std::integral Number>
  void get(Number& value) {
    value = static_cast<Number>(number());
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void get(Enum& value) { value = static_cast<Enum>(number()); }
  void get(double& value) {
    uint64_t bits = 0;
    if (!in_.ReadLittleEndian64(&bits)) failed_ = true;
    value = std::bit_cast<double>(bits);
  }
  void get(Duration& duration) { duration = Duration(static_cast<Duration::rep>(number())); }
  void get(google::protobuf::MessageLite& message) {
    std::string bytes;
    get(bytes);
    if (!message.ParseFromString(bytes)) failed_ = true;
  }
  template <class Value>
  void get(std::optional<Value>& value) {
    if (number() != 0) get(value.emplace());
  }
  template <class Value>
  void get(std::vector<Value>& values) {
    values.resize(count());
    for (auto& value : values) get(value);
  }
  template <class Value>
  void get(std::map<std::string, Value>& values) {
    for (uint64_t left = count(); left > 0; --left) {
      std::string key;
      get(key);
      get(values[key]);
    }
  }
  template <class Record>
  requires(kFieldCount<Record> > 0) void get(Record& record) { with_fields(record, *this); }

  CodedInputStream& in_;
  bool failed_ = false;
};

} // namespace

std::string pack(const CatalogEntry& entry) {
  std::string packed;
  {
    StringOutputStream stream(&packed);
    CodedOutputStream out(&stream); // what it holds back is written when it goes
    Packer packer(out);
    packer(entry);
  }
  return packed;
}

std::optional<CatalogEntry> unpack(std::string_view packed) {
  if (packed.size() > std::numeric_limits<int>::max()) return {};
  const int size = static_cast<int>(packed.size());
  ArrayInputStream stream(packed.data(), size);
  CodedInputStream in(&stream);
  in.PushLimit(size);
  Unpacker unpacker(in);
  CatalogEntry entry;
  unpacker(entry);
  if (unpacker.failed() || in.BytesUntilLimit() != 0) return {};
  return entry;
}

} // namespace circuit::config

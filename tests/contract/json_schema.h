#pragma once
// JSON Schema, as much of it as vendors' OpenAPI descriptions use: $ref within one document, type, required,
// properties, additionalProperties, items, oneOf, enum, minimum, maximum, format (date-time, uuid, int32,
// int64). Annotations are passed over. A keyword that is not understood is a problem of the value, never
// passed over: a check that checks less than it seems to would be worse than none. Plain values; any thread.

#include <boost/json.hpp>
#include <string>

namespace circuit::contract {

// What a value may have beyond its schema.
enum class Extra {
  kAllowed,
  kRefused, // a property that no schema names is a problem: a simulator has invented it
};

class JsonSchema {
 public:
  // `document` is what $ref leads into, and outlives this.
  JsonSchema(const boost::json::value& document, Extra extra) : document_(document), extra_(extra) {}

  // The first problem: where in the value, and what; empty: it fits.
  std::string problem(const boost::json::value& schema, const boost::json::value& value) const {
    return check(schema, value, "");
  }
  // The value that a chain of $ref leads to. Throws std::runtime_error where it leads nowhere.
  const boost::json::value& resolve(const boost::json::value& schema) const;

 private:
  std::string check(const boost::json::value& schema, const boost::json::value& value,
                    const std::string& at) const;
  std::string check_object(const boost::json::object& schema, const boost::json::object& value,
                           const std::string& at) const;
  std::string check_one_of(const boost::json::array& choices, const boost::json::value& value,
                           const std::string& at) const;

  const boost::json::value& document_;
  Extra extra_;
};

} // namespace circuit::contract

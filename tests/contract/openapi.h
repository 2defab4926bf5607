#pragma once
// A vendor's OpenAPI description, and whether exchanges fit it: the path is one that it has, each query
// parameter is declared and has a value of its schema, the status is one of the operation's, and the JSON
// body fits the schema of its status. One thread.

#include <boost/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "tests/contract/json_schema.h"
#include "tests/providers/simulated_provider.h"

namespace circuit::contract {

class OpenApi {
 public:
  explicit OpenApi(boost::json::value description) : description_(std::move(description)) {}

  // To correct what the description says and the vendor's reference does not.
  boost::json::value& at(std::string_view pointer) { return description_.at_pointer(pointer); }

  bool describes(const providers::SimRequest& request) const { return path_of(request).has_value(); }
  // The first problem; empty: it fits.
  std::string problem(const providers::SimRequest& request, const providers::SimResponse& response);
  // "GET /forms/{formId} 200" of each exchange that was checked.
  const std::set<std::string>& seen() const { return seen_; }

 private:
  std::optional<std::string> path_of(const providers::SimRequest& request) const; // as the description has it
  std::string parameter_problem(const boost::json::object& operation,
                                const providers::SimRequest& request) const;

  boost::json::value description_;
  std::set<std::string> seen_;
};

} // namespace circuit::contract

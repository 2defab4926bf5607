#include "tests/contract/json_schema.h"

#include <gtest/gtest.h>

namespace circuit::contract {
namespace {

namespace json = boost::json;

const json::value kDocument = json::parse(R"({
  "Email": {"type": "object", "required": ["kind", "to"],
            "properties": {"kind": {"type": "string", "enum": ["email"]}, "to": {"type": "string"}}},
  "Number": {"type": "object", "required": ["kind"],
             "properties": {"kind": {"type": "string", "enum": ["number"]},
                            "value": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 50}}},
  "Either": {"example": null, "oneOf": [{"$ref": "#/Email"}, {"$ref": "#/Number"}]},
  "List": {"type": "array", "items": {"$ref": "#/Either"}},
  "Map": {"type": "object", "additionalProperties": {"type": "boolean"}},
  "Time": {"type": "string", "format": "date-time"},
  "Id": {"type": "string", "format": "uuid"},
  "Later": {"type": "string", "pattern": "^a"}})");

struct Row {
  const char* schema;
  const char* value;
  const char* problem; // a part of it; empty: none
};

TEST(JsonSchema, FindsEachKindOfDisagreementAndSaysWhere) {
  const Row rows[] = {
      {"List", R"([{"kind":"email","to":"a"},{"kind":"number","value":50}])", ""},
      {"List", "{}", "the value is not of type array"},
      {"List", R"([{"kind":"email"}])", "[0].to is missing"},
      {"List", R"([{"kind":"number"},{"kind":"fax"}])", "[1] is none of its kinds"},
      {"List", R"([{"kind":"email","to":1}])", "[0].to is not of type string"},
      {"List", R"([{"kind":"email","to":"a","cc":"b"}])", "[0].cc is not described"},
      {"Number", R"({"kind":"number","value":0})", ".value is too small"},
      {"Number", R"({"kind":"number","value":51})", ".value is too large"},
      {"Number", R"({"kind":"number","value":1.5})", ".value is not of type integer"},
      {"Map", R"({"a":true})", ""},
      {"Map", R"({"a":"true"})", ".a is not of type boolean"},
      {"Time", R"("2026-01-31T00:00:00.000Z")", ""},
      {"Time", R"("2026-13-31T00:00:00Z")", "is no date-time"},
      {"Time", R"("yesterday")", "is no date-time"},
      {"Id", R"("00000007-00f0-4000-8000-000000000001")", ""},
      {"Id", R"("7")", "is no uuid"},
      {"Later", R"("abc")", "keyword pattern is not understood"},
  };
  const JsonSchema schemas(kDocument, Extra::kRefused);
  for (const Row& row : rows) {
    const std::string found = schemas.problem(kDocument.at(row.schema), json::parse(row.value));
    if (*row.problem == '\0') {
      EXPECT_EQ(found, "") << row.value;
    } else {
      EXPECT_NE(found.find(row.problem), std::string::npos) << row.value << " gave \"" << found << '"';
    }
  }
}

TEST(JsonSchema, PassesOverWhatIsNotDescribedWhereThatIsAllowed) {
  const JsonSchema schemas(kDocument, Extra::kAllowed);
  EXPECT_EQ(schemas.problem(kDocument.at("Email"), json::parse(R"({"kind":"email","to":"a","cc":"b"})")), "");
}

} // namespace
} // namespace circuit::contract

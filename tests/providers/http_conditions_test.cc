#include "tests/providers/http_conditions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/providers/http_date.h"

namespace circuit::providers {
namespace {

using std::chrono::seconds;

const SystemTime kNow{seconds(1'700'000'000)}; // Tue, 14 Nov 2023 22:13:20 GMT
constexpr const char* kBefore = "Tue, 14 Nov 2023 21:00:00 GMT";
constexpr const char* kModified = "Tue, 14 Nov 2023 22:00:00 GMT";
constexpr const char* kAfter = "Tue, 14 Nov 2023 22:05:00 GMT";

struct Case {
  const char* what;
  const char* method;
  Fields fields;
  const char* etag; // of the representation; "" for none
  bool dated;       // whether it has a modification date
  Precondition expected;
};

class Preconditions : public testing::TestWithParam<Case> {};

TEST_P(Preconditions, AreEvaluatedAsRfc9110Section13Says) {
  const Case& c = GetParam();
  SimRequest request;
  request.method = c.method;
  request.fields = c.fields;
  Validators validators;
  validators.etag = c.etag;
  if (c.dated) validators.last_modified = *parse_http_date(kModified, kNow);
  EXPECT_EQ(evaluate_preconditions(request, validators, kNow), c.expected);
}

constexpr Precondition kOk = Precondition::kPassed, kNot = Precondition::kNotModified,
                       kNo = Precondition::kFailed;

const Case kCases[] = {
    {"Unconditional", "GET", {}, "\"a\"", true, kOk},
    {"SameTag", "GET", {{"If-None-Match", "\"a\""}}, "\"a\"", true, kNot},
    {"FieldNamesIgnoreCase", "GET", {{"if-none-match", "\"a\""}}, "\"a\"", true, kNot},
    {"TagsAreCaseSensitive", "GET", {{"If-None-Match", "\"A\""}}, "\"a\"", true, kOk},
    {"OtherTag", "GET", {{"If-None-Match", "\"b\""}}, "\"a\"", true, kOk},
    {"UnquotedTagIsNoTag", "GET", {{"If-None-Match", "a"}}, "\"a\"", true, kOk},
    {"TagInAList", "GET", {{"If-None-Match", "\"x\", W/\"y\" ,\"a\""}}, "\"a\"", true, kNot},
    {"TagInTwoFields", "GET", {{"If-None-Match", "\"x\""}, {"If-None-Match", "\"a\""}}, "\"a\"", true, kNot},
    {"CommaInsideOfATag", "GET", {{"If-None-Match", "\"x,a\""}}, "\"a\"", true, kOk},
    {"WeakMatchesStrong", "GET", {{"If-None-Match", "W/\"a\""}}, "\"a\"", true, kNot},
    {"StrongMatchesWeak", "GET", {{"If-None-Match", "\"a\""}}, "W/\"a\"", true, kNot},
    {"Star", "GET", {{"If-None-Match", "*"}}, "\"a\"", true, kNot},
    {"StarWithoutATag", "GET", {{"If-None-Match", "*"}}, "", true, kNot},
    {"TagWhereThereIsNone", "GET", {{"If-None-Match", "\"a\""}}, "", true, kOk},
    {"Head", "HEAD", {{"If-None-Match", "\"a\""}}, "\"a\"", true, kNot},
    {"MatchingTagOnPost", "POST", {{"If-None-Match", "\"a\""}}, "\"a\"", true, kNo},
    {"NotModifiedSince", "GET", {{"If-Modified-Since", kModified}}, "\"a\"", true, kNot},
    {"ModifiedBefore", "GET", {{"If-Modified-Since", kAfter}}, "\"a\"", true, kNot},
    {"ModifiedSince", "GET", {{"If-Modified-Since", kBefore}}, "\"a\"", true, kOk},
    {"UnreadableDate", "GET", {{"If-Modified-Since", "2023-11-14T22:00:00Z"}}, "\"a\"", true, kOk},
    {"NoDateToCompare", "GET", {{"If-Modified-Since", kAfter}}, "\"a\"", false, kOk},
    {"DateOnPostIsIgnored", "POST", {{"If-Modified-Since", kAfter}}, "\"a\"", true, kOk},
    {"TagWinsOverDate",
     "GET",
     {{"If-None-Match", "\"b\""}, {"If-Modified-Since", kAfter}},
     "\"a\"",
     true,
     kOk},
    {"TagWinsOverDateTheOtherWay",
     "GET",
     {{"If-None-Match", "\"a\""}, {"If-Modified-Since", kBefore}},
     "\"a\"",
     true,
     kNot},
    {"TagWinsEvenWhereThereIsNone",
     "GET",
     {{"If-None-Match", "\"a\""}, {"If-Modified-Since", kAfter}},
     "",
     true,
     kOk},
    {"IfMatchFails", "GET", {{"If-Match", "\"b\""}}, "\"a\"", true, kNo},
    {"IfMatchPasses", "GET", {{"If-Match", "\"a\""}}, "\"a\"", true, kOk},
    {"IfMatchIsStrong", "GET", {{"If-Match", "W/\"a\""}}, "W/\"a\"", true, kNo},
    {"IfMatchStar", "GET", {{"If-Match", "*"}}, "\"a\"", true, kOk},
    {"IfMatchThenIfNoneMatch",
     "GET",
     {{"If-Match", "\"a\""}, {"If-None-Match", "\"a\""}},
     "\"a\"",
     true,
     kNot},
    {"UnmodifiedSinceFails", "GET", {{"If-Unmodified-Since", kBefore}}, "\"a\"", true, kNo},
    {"UnmodifiedSincePasses", "GET", {{"If-Unmodified-Since", kModified}}, "\"a\"", true, kOk},
    {"IfMatchWinsOverUnmodifiedSince",
     "GET",
     {{"If-Match", "\"a\""}, {"If-Unmodified-Since", kBefore}},
     "\"a\"",
     true,
     kOk},
};
INSTANTIATE_TEST_SUITE_P(Table, Preconditions, testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param.what); });

TEST(Gzip, IsSentOnlyToThoseWhoTakeIt) {
  EXPECT_TRUE(accepts_gzip("gzip"));
  EXPECT_TRUE(accepts_gzip("deflate, GZIP;q=0.5, br"));
  EXPECT_TRUE(accepts_gzip("*"));
  EXPECT_TRUE(accepts_gzip("x-gzip"));
  EXPECT_FALSE(accepts_gzip(std::nullopt));
  EXPECT_FALSE(accepts_gzip(""));
  EXPECT_FALSE(accepts_gzip("identity"));
  EXPECT_FALSE(accepts_gzip("gzip;q=0"));
  EXPECT_FALSE(accepts_gzip("gzip; q=0.0, *"));
  EXPECT_FALSE(accepts_gzip("br, *;q=0"));
}

TEST(HttpDate, IsReadInAllThreeForms) {
  const SystemTime expected(seconds(784'111'777));
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", kNow), expected);
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", kNow), expected);
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994", kNow), expected);
  EXPECT_EQ(format_http_date(expected), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(HttpDate, IsNothingElse) {
  for (const char* text : {"", "0", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 +0000",
                           "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
                           "Sun, 06 Nov 1994 08:49:37 GMT ", "1994-11-06T08:49:37Z"}) {
    EXPECT_EQ(parse_http_date(text, kNow), std::nullopt) << text;
  }
}

TEST(HttpDate, TakesTwoDigitYearsFarAheadForPastOnes) {
  EXPECT_EQ(parse_http_date("Thursday, 01-Jan-70 00:00:00 GMT", kNow)->time_since_epoch(),
            seconds(3'155'760'000));
  EXPECT_EQ(parse_http_date("Tuesday, 01-Jan-80 00:00:00 GMT", kNow)->time_since_epoch(),
            seconds(315'532'800));
}

} // namespace
} // namespace circuit::providers

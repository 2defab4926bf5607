#include "ingest/text/dates.h"

#include <gtest/gtest.h>

#include <string>

namespace circuit::text {
namespace {

struct DateCase {
  const char* written;
  const char* instant; // RFC 3339, or empty where no date can be read
};

void PrintTo(const DateCase& c, std::ostream* out) { *out << '"' << c.written << '"'; }

std::string instant_or_nothing(const std::optional<SystemTime>& time) {
  return time ? format_rfc3339(*time) : "";
}

class Dates : public testing::TestWithParam<DateCase> {};

TEST_P(Dates, AreReadAsTheInstantThatWasMeant) {
  EXPECT_EQ(instant_or_nothing(parse_date(GetParam().written)), GetParam().instant);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc822, Dates,
    testing::Values(DateCase{"Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z"},
                    DateCase{"Thu, 01 Jan 04 19:48:21 GMT", "2004-01-01T19:48:21Z"},
                    DateCase{"Thu, 01 Jan 98 19:48:21 GMT", "1998-01-01T19:48:21Z"},
                    DateCase{"Thu, 01 Jan 104 19:48:21 GMT", "2004-01-01T19:48:21Z"},
                    DateCase{"01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z"},
                    DateCase{"Thu,01 Jan 2004 19:48:21 +0100", "2004-01-01T18:48:21Z"},
                    DateCase{"Thu,  5 Apr 2012 23:47:43 GMT+0200", "2012-04-05T21:47:43Z"},
                    DateCase{"Thu, 5 Apr 2012 23:47:43 UTC-05:30", "2012-04-06T05:17:43Z"},
                    DateCase{"Thu, 5 Apr 2012 23:47 -0500", "2012-04-06T04:47:00Z"},
                    DateCase{"Thu, 5 Apr 2012 23:47:43", "2012-04-05T23:47:43Z"},
                    DateCase{"Thu, 5 Apr 2012", "2012-04-05T00:00:00Z"},
                    DateCase{"Thu, April 5, 2012 23:47:43 PDT", "2012-04-06T06:47:43Z"},
                    DateCase{"Thu Apr 5 2012 23:47:43 EST", "2012-04-06T04:47:43Z"},
                    DateCase{"05-Apr-12 23:47:43 CET", "2012-04-05T22:47:43Z"},
                    DateCase{"Thu, 5 Apr 2012 23:47:43 +0200 (CEST)", "2012-04-05T21:47:43Z"},
                    DateCase{"Thu, 31 Jun 2004 19:48:21 GMT", "2004-07-01T19:48:21Z"},
                    DateCase{"Thu, 01 Jan 2004 19:48:21 \xE2\x88\x92"
                             "0500",
                             "2004-01-02T00:48:21Z"},
                    DateCase{"Thu, 01 Jan 2004 00:00:00 AT", "2004-01-01T04:00:00Z"},
                    DateCase{"Thu, 01 Jan 2004 00:00:00 ET", "2004-01-01T05:00:00Z"},
                    DateCase{"Thu, 01 Jan 2004 00:00:00 CT", "2004-01-01T06:00:00Z"},
                    DateCase{"Thu, 01 Jan 2004 00:00:00 MT", "2004-01-01T07:00:00Z"},
                    DateCase{"Thu, 01 Jan 2004 00:00:00 PT", "2004-01-01T08:00:00Z"},
                    DateCase{"Thu, 01 Jan 2004 00:00:00 A", "2004-01-01T01:00:00Z"},
                    DateCase{"Thu, 01 Jan 2004 00:00:00 N", "2003-12-31T23:00:00Z"},
                    DateCase{"Thu, 01 Jan 2004 00:00:00 M", "2004-01-01T12:00:00Z"},
                    DateCase{"Thu, 01 Jan 2004 00:00:00 EDT", "2004-01-01T04:00:00Z"},
                    DateCase{"Sat, 01 Jan 2010 19:48:21 GMT", "2010-01-01T19:48:21Z"}));

INSTANTIATE_TEST_SUITE_P(
    Iso8601, Dates,
    testing::Values(
        DateCase{"2003-12-31T10:14:55Z", "2003-12-31T10:14:55Z"},
        DateCase{"2003-12-31t10:14:55z", "2003-12-31T10:14:55Z"},
        DateCase{"2003-12-31T10:14Z", "2003-12-31T10:14:00Z"},
        DateCase{"2003-12-31T10:14:55.123456789+01:00", "2003-12-31T09:14:55.123456Z"},
        DateCase{"2003-12-31T10:14:55,5Z", "2003-12-31T10:14:55.500000Z"},
        DateCase{"2003-12-31T10:14:55-0830", "2003-12-31T18:44:55Z"},
        DateCase{"2003-12-31T10:14:55+02", "2003-12-31T08:14:55Z"},
        DateCase{"2003-12-31 10:14:55", "2003-12-31T10:14:55Z"},
        DateCase{"2003-12-31 10:14:55 UTC", "2003-12-31T10:14:55Z"},
        DateCase{"2003-12-31 10:14:55 +0100", "2003-12-31T09:14:55Z"},
        DateCase{"2004-04-06T23:05:43-05:00", "2004-04-07T04:05:43Z"},
        DateCase{"2003-12-31T10:14:55.Z", "2003-12-31T10:14:55Z"},
        DateCase{"2003-12-31", "2003-12-31T00:00:00Z"}, DateCase{"2003/12/31", "2003-12-31T00:00:00Z"},
        DateCase{"2003-12", "2003-12-01T00:00:00Z"}, DateCase{"2003", "2003-01-01T00:00:00Z"},
        DateCase{"20031231", "2003-12-31T00:00:00Z"}, DateCase{"20031231T101455Z", "2003-12-31T10:14:55Z"},
        DateCase{"20031231101455", "2003-12-31T10:14:55Z"}, DateCase{"2003335", "2003-12-01T00:00:00Z"},
        DateCase{"2003-335", "2003-12-01T00:00:00Z"}, DateCase{"2003-335T10:14:55Z", "2003-12-01T10:14:55Z"},
        DateCase{"2009-W01-1", "2008-12-29T00:00:00Z"}, DateCase{"2009-W53-7T12:00Z", "2010-01-03T12:00:00Z"},
        DateCase{"2009W531", "2009-12-28T00:00:00Z"}, DateCase{"03-12-31", "2003-12-31T00:00:00Z"},
        DateCase{"2003-02-31T10:14:55Z", "2003-03-03T10:14:55Z"},
        DateCase{"2003-12-31T25:14:55Z", "2004-01-01T01:14:55Z"},
        DateCase{"2003-12-31T10:61:55Z", "2003-12-31T11:01:55Z"},
        DateCase{"2003-12-31T10:14:61Z", "2003-12-31T10:15:01Z"},
        DateCase{"2003-12-31T24:00:00Z", "2004-01-01T00:00:00Z"}));

INSTANTIATE_TEST_SUITE_P(OtherForms, Dates,
                         testing::Values(DateCase{"Sun Jan  4 16:29:06 2004", "2004-01-04T16:29:06Z"},
                                         DateCase{"Sun Jan 4 16:29:06 PST 2004", "2004-01-05T00:29:06Z"},
                                         DateCase{"July 4th, 2012 at 11:47 PM", "2012-07-04T23:47:00Z"},
                                         DateCase{"July 4, 2012 12:05 AM", "2012-07-04T00:05:00Z"},
                                         DateCase{"July 4, 2012 5 p.m.", "2012-07-04T17:00:00Z"},
                                         DateCase{"7/4/2012 5:30 pm", "2012-07-04T17:30:00Z"},
                                         DateCase{"31/12/2012 17:30", "2012-12-31T17:30:00Z"},
                                         DateCase{"31.12.2012 17:30", "2012-12-31T17:30:00Z"},
                                         DateCase{"04.07.2012", "2012-07-04T00:00:00Z"},
                                         DateCase{"23:47 04.07.2012", "2012-07-04T23:47:00Z"},
                                         DateCase{"April 2012", "2012-04-01T00:00:00Z"},
                                         DateCase{"1325376000", "2012-01-01T00:00:00Z"},
                                         DateCase{"1325376000.5", "2012-01-01T00:00:00Z"},
                                         DateCase{"1325376000123", "2012-01-01T00:00:00.123000Z"}));

INSTANTIATE_TEST_SUITE_P(
    Localized, Dates,
    testing::Values(DateCase{"Do, 5. März 2012 14:30 Uhr", "2012-03-05T14:30:00Z"},
                    DateCase{"Mittwoch, 24. Dezember 2014 14.30 Uhr", "2014-12-24T14:30:00Z"},
                    DateCase{"mardi 5 juin 2012 14h30", "2012-06-05T14:30:00Z"},
                    DateCase{"mar. 5 févr. 2012 14:30", "2012-02-05T14:30:00Z"},
                    DateCase{"jeu, 2 AOÛT 2012 14:30:00 +0200", "2012-08-02T12:30:00Z"},
                    DateCase{"15 juillet 2012", "2012-07-15T00:00:00Z"},
                    DateCase{"mié, 5 de enero de 2012 09:15", "2012-01-05T09:15:00Z"},
                    DateCase{"martedì 5 giugno 2012", "2012-06-05T00:00:00Z"},
                    DateCase{"sáb, 5 fev 2012 10:00", "2012-02-05T10:00:00Z"},
                    DateCase{"za 5 mrt 2012", "2012-03-05T00:00:00Z"},
                    DateCase{"wt., 5 października 2012", "2012-10-05T00:00:00Z"},
                    DateCase{"Пт, 05 апр 2013 23:47:43 +0400", "2013-04-05T19:47:43Z"},
                    DateCase{"5 МАЯ 2013 г.", "2013-05-05T00:00:00Z"},
                    DateCase{"lör 5 maj 2012", "2012-05-05T00:00:00Z"},
                    DateCase{"ti 5. kesäkuuta 2012 klo 14.30", "2012-06-05T14:30:00Z"},
                    DateCase{"5. července 2012", "2012-07-05T00:00:00Z"},
                    DateCase{"5. června 2012", "2012-06-05T00:00:00Z"},
                    DateCase{"2004-július-13T9:15-03:00", "2004-07-13T12:15:00Z"},
                    DateCase{"2012. június 5.", "2012-06-05T00:00:00Z"},
                    DateCase{"Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00Z"},
                    DateCase{"2004-05-25 오후 11:23:17", "2004-05-25T23:23:17Z"},
                    DateCase{"2007년 12월 30일 일요일 오전 9:15:10", "2007-12-30T09:15:10Z"},
                    DateCase{"2007年12月30日(日) 9時15分", "2007-12-30T09:15:00Z"},
                    DateCase{"2007年12月30日 星期日 下午9:15", "2007-12-30T21:15:00Z"},
                    DateCase{"30 十二月 2007 21:15:00 +0800", "2007-12-30T13:15:00Z"},
                    DateCase{"Paz, 05 Ağu 2012 14:30:00 +0300", "2012-08-05T11:30:00Z"}));

INSTANTIATE_TEST_SUITE_P(NoDate, Dates,
                         testing::Values(DateCase{"", ""}, DateCase{"   ", ""}, DateCase{"0", ""},
                                         DateCase{"-1", ""}, DateCase{"yesterday", ""},
                                         DateCase{"0000-00-00 00:00:00", ""},
                                         DateCase{"2003-13-31T10:14:55Z", ""},
                                         DateCase{"Thu, 99 Jan 2004", ""}, DateCase{"9999-12-31", ""},
                                         DateCase{"1066-10-14", ""}, DateCase{"April 5", ""},
                                         DateCase{"12:30", ""}, DateCase{"99999999999999999999", ""},
                                         DateCase{"\xFF\xFE\xFF", ""}, DateCase{"1 2 3 4 5 6 7 8 9", ""},
                                         DateCase{"a b c d e f g h i j k l m n o p q r s t", ""}));

TEST(DatesOfAnyLength, AreRefusedOnceTheyAreProse) {
  EXPECT_EQ(parse_date("5 April 2012" + std::string(1 << 20, ' ') + "x"), std::nullopt);
}

class HttpDates : public testing::TestWithParam<DateCase> {};

TEST_P(HttpDates, AreReadStrictly) {
  EXPECT_EQ(instant_or_nothing(parse_http_date(GetParam().written)), GetParam().instant);
}

INSTANTIATE_TEST_SUITE_P(AllThreeForms, HttpDates,
                         testing::Values(DateCase{"Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"},
                                         DateCase{"Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"},
                                         DateCase{"Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z"},
                                         DateCase{"Sun, 06-Nov-2022 08:49:37 GMT", "2022-11-06T08:49:37Z"},
                                         DateCase{"0", ""}, DateCase{"-1", ""},
                                         DateCase{"Sun, 06 Nov 1994 08:49:37", ""},
                                         DateCase{"Sun, 36 Nov 1994 08:49:37 GMT", ""},
                                         DateCase{"Sun, 06 Nov 1994 08:49:37 GMT trailing", ""}));

} // namespace
} // namespace circuit::text

#include <array>

#include "tests/fuzz/seeds/seeds.h"

namespace circuit::fuzz {
namespace {

constexpr auto kUrls = std::to_array<std::string_view>({
    "http://a.test/b/c?d#e\n../x/./y?z",
    "https://user:password1@A.Test:443/%7Ea/../b\n//other.test/x",
    "http://[::1]:8080/\n?q",
    "http://a.test\n#f",
    "mailto:a@b\nx",
    "http://b\xC3\xBC\x63her.example/\xC3\xA9\n/ \"<>",
    "http:\\\\a.test\\b\n\\c",
    "file:///etc/passwd\nx",
    "HTTP://EXAMPLE.com:80\njavascript:x",
    "https://host/a?access_token=hunter2&sig=x;y=z#id_token=q\nhttp:/user:password@host/",
    "https://host/0123456789abcdef0123?key=123e4567-e89b-12d3-a456-426614174000\nhttp:///user:pass123@h",
    "http://a.test/?utm_source=x&b=1\nhttp://a:b@c:d@e/",
    "ftp://a/\n%zz%41",
    "\n",
    "urn:x:y\n..",
});

constexpr auto kEgressUrls = std::to_array<std::string_view>({
    "http://127.0.0.1/",
    "http://0x7f.1/",
    "http://2130706433/",
    "http://0177.0.0.1:80/",
    "http://[::1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://localhost/",
    "http://a.localhost./",
    "http://169.254.169.254/latest",
    "http://%31%32%37.0.0.1/",
    "http://user@127.0.0.1:1@8.8.8.8/",
    "http://[fe80::1%25eth0]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "https://api.example/",
    "https://a.below.example/",
    "https://api.example@10.0.0.1/",
    "http://8.8.8.8/",
    "http:/127.0.0.1",
    "http:127.0.0.1",
    "//127.0.0.1",
    "http://127.0.0.1\\@8.8.8.8/",
    "ftp://127.0.0.1/",
    "http://\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x97.0.0.1/",
    "http://[::127.0.0.1]/",
    "http://127.1./",
    "http://0/",
    "http://1.1.1.1 &@2.2.2.2# @3.3.3.3/",
});

constexpr auto kRetryAfter = std::to_array<std::string_view>({
    "120\n",
    "1.5\n",
    "Mon, 02 Nov 2026 10:11:00 GMT\nMon, 02 Nov 2026 10:10:00 GMT",
    "-1\n",
    "99999999999999999999\n",
    "Monday, 02-Nov-26 10:11:00 GMT\n",
    "Mon Nov  2 10:11:00 2026\nx",
    " 5 \n",
    "\n",
});

constexpr auto kRedirects = std::to_array<std::string_view>({
    "https://a.test/x\n/y",
    "https://a.test/x\nhttp://a.test/x",
    "http://a.test/x\nhttps://b.test/",
    "https://a.test/x#f\n//A.TEST:443/y",
    "https://u:password@a.test/\n//a.test:444/",
    "http://a.test/\nfile:///x",
    "http://a.test/\n\\\\b.test\\",
    "http://a.test:80/\nhttp://a.test./",
    "http://a.test/\nhttp://a%2etest/",
});

constexpr auto kSchedules = std::to_array<std::string_view>({
    "max-age=600, must-revalidate\n5\nMon, 02 Nov 2026 10:11:00 GMT\nMon, 02 Nov 2026 10:10:00 "
    "GMT\n\xFF\x01\x02\x03\x04",
    "no-store\n\n\n\n",
    "max-age=99999999999\n-1\n0\n\n\xFF\xFF\xFF\xFE\x7F",
    "public, s-maxage=1\n\nx\ny\n",
});

constexpr auto kCassettes = std::to_array<std::string_view>({
    R"({"request":{"method":"GET","url":"http://a.test/","headers":[],"body_sha256":"x"},"response":{"status":200,)"
    R"("url":"http://a.test/","headers":[["ETag","\"x\""]],"body":"hello"}})",
    R"({"request":{"method":"GET","url":"u","headers":[],"body_sha256":"x"},"response":{"status":200,"url":"u",)"
    R"("headers":[],"body_base64":"aGVsbG8="}})",
    R"({"request":[],"response":7})",
    "dGET\nhttp://a.test/?token=x\n\"etag\"\nhttp://a.test/\nbody \xC3\xA9",
    " POST\nhttp://u:p@a.test/\nW/\"x\"\n\n\xFF\xFE",
});

constexpr auto kTokenAnswers = std::to_array<std::string_view>({
    R"({"access_token":"a1","refresh_token":"r1","token_type":"Bearer","expires_in":3600,"scope":"x y"})",
    R"({"access_token":"a1","expires_in":"1e9","instance_url":"https://x.test","team":{"id":"T1"}})",
    R"({"ok":true,"authed_user":{"access_token":"a1","token_type":"bearer","scope":"a,b"}})",
    R"({"ok":false,"error":"invalid_refresh_token"})",
    "access_token=a%2B1&scope=repo%2Cgist&token_type=bearer",
    "error=bad_verification_code&error_description=gone",
    R"({"error":"invalid_grant","error_description":"AADSTS65001: ~","error_codes":[65001,50173],"suberror":"~"})",
    R"({"error":"access_denied","error_subtype":"policy"})",
    R"({"error":{"code":400,"message":"x","status":"INVALID_ARGUMENT"}})",
    R"({"status":"BAD_REFRESH_TOKEN","message":"x"})",
    R"({"access_token":"~","refresh_)",
    R"({"error":"~","error_description":"~","error_uri":"~"})",
    "error=~&error_description=~",
    "<html>Sign in</html>",
    "",
});

constexpr auto kAuthorizationAnswers = std::to_array<std::string_view>({
    "http://127.0.0.1:8123/cb?code=a%2Fb+c&state=s%3D1&iss=https%3A%2F%2Fa.test#x",
    "https://a.test/cb?state=s&error=access_denied&error_description=AADSTS65001%3A+no&error_subcode=cancel",
    "https://a.test/cb?state=s&error=deleted_client&error_description=~&error_uri=~",
    "https://a.test/cb?code=~&code=~&state=~",
    "https://a.test/cb?code=%zz&state=s",
    "https://a.test/cb#code=c&state=s",
    "/cb?code=c&state=s",
});

// Addresses at both sides of the borders of special networks.
void add_addresses(SeedFolder& seeds) {
  constexpr auto kIp4 = std::to_array<uint32_t>(
      {0x00000000, 0x01000000, 0x0AFFFFFF, 0x0B000000, 0x64400000, 0x647FFFFF, 0x64800000,
       0x7F000001, 0x7FFFFFFF, 0x80000000, 0xA83F8110, 0xA9FEA9FE, 0xAC100000, 0xAC1FFFFF,
       0xAC200000, 0xC0000001, 0xC0000200, 0xC0586301, 0xC0A80101, 0xC6120000, 0xC6336401,
       0xCB007101, 0xE0000001, 0xF0000000, 0xFFFFFFFF, 0x08080808});
  for (const uint32_t ip : kIp4) {
    std::string input = "\x01";
    for (int shift = 24; shift >= 0; shift -= 8) input += static_cast<char>(ip >> shift & 255);
    seeds.add("egress", input);
  }
  constexpr auto kIp6 = std::to_array<std::array<uint8_t, 4>>({{0, 0, 0, 0},
                                                               {0x20, 0x01, 0, 0},
                                                               {0x20, 0x01, 0x0D, 0xB8},
                                                               {0x20, 0x02, 0x7F, 0},
                                                               {0xFE, 0x80, 0, 0},
                                                               {0xFC, 0, 0, 0},
                                                               {0xFF, 2, 0, 0},
                                                               {0x00, 0x64, 0xFF, 0x9B},
                                                               {0x26, 0x06, 0x47, 0},
                                                               {0xFE, 0xC0, 0, 0},
                                                               {0x3F, 0xFF, 0, 0},
                                                               {0x01, 0, 0, 0}});
  for (const auto& head : kIp6) {
    std::string input = "\x01";
    for (const uint8_t byte : head) input += static_cast<char>(byte);
    seeds.add("egress", input + std::string(11, '\0') + "\x01");
  }
}

} // namespace

void add_web_seeds(SeedFolder& seeds) {
  for (const std::string_view url : kUrls) seeds.add("urls", url);
  for (const std::string_view url : kEgressUrls) {
    seeds.add("egress", "0" + std::string(url));
    seeds.add("urls", std::string(url) + "\n" + std::string(url));
    seeds.add("redirects", "\xF1\x01https://a.test/\n" + std::string(url));
  }
  add_addresses(seeds);
  for (const std::string_view value : kRetryAfter) seeds.add("retry_after", value);
  for (const std::string_view redirect : kRedirects) {
    for (const char* choice : {"\x10\x01", "\x72\x03", "\xF2\x02", "\x01\x04"})
      seeds.add("redirects", choice + std::string(redirect));
  }
  for (const std::string_view answer : kTokenAnswers) {
    for (const char status : {'\x0E', '\x03', '\x04', '\x08', '\x0A', '\x0B'}) {
      for (const char options : {'\x10', '\x11', '\x13', '\x14'})
        seeds.add("oauth_answers", std::string("\x02") + status + options + "7\n" + std::string(answer));
    }
  }
  for (const std::string_view answer : kAuthorizationAnswers)
    seeds.add("oauth_answers", "\x01" + std::string(answer));
  for (const std::string_view headers : kSchedules) seeds.add("schedule", headers);
  for (const std::string_view cassette : kCassettes) seeds.add("cassette", cassette);
}

} // namespace circuit::fuzz

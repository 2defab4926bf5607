// What the decoder takes and what it refuses, wherever the bytes are divided.

#include "ingest/http/content_decoder.h"

#include <gmock/gmock.h>

#include <array>

#include "tests/ingest/http/encodings.h"

namespace circuit::http {
namespace {

using ::testing::HasSubstr;

const std::string& text() {
  static const std::string all = [] {
    std::string lines;
    for (int i = 0; i < 300; ++i) lines += "{\"line\":" + std::to_string(i * 7919 % 10007) + "}\n";
    return lines;
  }();
  return all;
}

struct Decoded {
  std::string bytes;
  std::string fault;
  bool whole = false;

  bool operator==(const Decoded&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Decoded& decoded) {
  return out << decoded.bytes.size() << " bytes, " << (decoded.whole ? "whole" : "not whole") << " "
             << decoded.fault;
}

Result<std::unique_ptr<ContentDecoder>> decoder_for(std::string_view codings) {
  Headers headers;
  headers.add("Content-Encoding", std::string(codings));
  return make_content_decoder(headers, "https://a.test/b?token=hidden");
}

// In pieces of so many bytes, into rooms of so many.
Decoded decode(std::string_view codings, std::string_view coded, size_t piece_bytes = 16 << 10,
               size_t room_bytes = 4 << 10) {
  const auto made = decoder_for(codings);
  if (!made) return {"", made.error().message};
  ContentDecoder& decoder = **made;
  Decoded decoded;
  std::string block(room_bytes, '\0');
  while (!coded.empty()) {
    std::string_view piece = coded.substr(0, piece_bytes);
    coded.remove_prefix(piece.size());
    for (auto outcome = ContentDecoder::Outcome::kNeedsRoom;
         outcome == ContentDecoder::Outcome::kNeedsRoom;) {
      std::span<char> room(block);
      outcome = decoder.decode(piece, room);
      decoded.bytes.append(block, 0, block.size() - room.size());
      if (outcome == ContentDecoder::Outcome::kFault) {
        decoded.fault = decoder.fault();
        EXPECT_NE(decoded.fault, "");
        return decoded;
      }
    }
    EXPECT_EQ(piece, "") << "asked for more and left some";
  }
  decoded.whole = decoder.is_whole();
  return decoded;
}

Decoded whole(std::string bytes) { return {std::move(bytes), "", true}; }

struct Sample {
  const char* codings;
  std::string coded;
  std::string plain;
};

std::vector<Sample> samples() {
  const std::string gzip = encoded("gzip", text());
  const std::string raw = deflated(text(), Wrapper::kRaw);
  const std::string zeros(7, '\0');
  const std::string half = text().substr(0, 2000), rest = text().substr(2000);
  return {
      {"gzip", gzip, text()},
      {"X-GZip", gzip, text()},
      {"gzip", encoded("gzip", half) + encoded("gzip", rest), text()},
      {"gzip", encoded("gzip", half) + encoded("gzip", "") + zeros + encoded("gzip", rest) + zeros, text()},
      {"gzip", gzip + "\r\n \n", text()},
      {"gzip", encoded("deflate", text()), text()},
      {"gzip", encoded("gzip", ""), ""},
      {"deflate", encoded("deflate", text()), text()},
      {"deflate", raw, text()},
      {"deflate", raw + "abcd", text()},
      {"deflate", raw + "ab", text()},
      {"deflate", gzip, text()},
      {"deflate", deflated("", Wrapper::kRaw), ""},
      {"br", encoded("br", text()), text()},
      {"br", encoded("br", text()) + zeros, text()},
      {"zstd", encoded("zstd", text()), text()},
      {"zstd", encoded("zstd", half) + encoded("zstd", rest), text()},
      {"zstd", zstd(text(), 23), text()},
      {" gzip ,, br", encoded("br", gzip), text()},
      {"zstd, gzip, br, deflate", encoded("deflate", encoded("br", encoded("gzip", encoded("zstd", text())))),
       text()},
      {"gzip, identity", gzip, text()},
  };
}

TEST(ContentDecoder, GivesTheSameWhereverTheBytesAreDivided) {
  for (const Sample& sample : samples()) {
    for (const size_t piece : {1, 2, 3, 17, 16 << 10}) {
      for (const size_t room : {1, 5, 4 << 10}) {
        EXPECT_EQ(decode(sample.codings, sample.coded, piece, room), whole(sample.plain))
            << sample.codings << ", pieces of " << piece << ", rooms of " << room;
      }
    }
  }
}

TEST(ContentDecoder, NamesAnUnknownCodingAndTooManyAnError) {
  for (const char* codings : {"aes-256", "gzip, utf-8", "compress", "gzip;q=1", "br,br,br,br,br,br"}) {
    const auto made = decoder_for(codings);
    ASSERT_FALSE(made) << codings;
    EXPECT_EQ(made.error().reason, "BAD_ENCODING");
    EXPECT_EQ(made.error().cls, ErrorClass::kInvalid);
    EXPECT_THAT(made.error().message, Not(HasSubstr("hidden")));
  }
  for (const char* codings : {"", "identity", " , ", "none"}) {
    const auto made = decoder_for(codings);
    ASSERT_TRUE(made) << codings;
    EXPECT_EQ(*made, nullptr) << codings;
  }
}

TEST(ContentDecoder, TakesTheCodingsOfSeveralFieldsInTheirOrder) {
  Headers headers;
  headers.add("content-encoding", "gzip");
  headers.add("Content-Encoding", "br");
  const auto made = make_content_decoder(headers, "https://a.test/");
  ASSERT_TRUE(made);
  const std::string coded = encoded("br", encoded("gzip", text()));
  std::string out(text().size() + 1, '\0');
  std::string_view piece = coded;
  std::span<char> room(out);
  EXPECT_EQ((*made)->decode(piece, room), ContentDecoder::Outcome::kNeedsInput);
  EXPECT_EQ(out.substr(0, out.size() - room.size()), text());
}

// In the header, in the middle, in the trailer, between members: everywhere.
TEST(ContentDecoder, KnowsThatABodyIsCutAtEveryByteOfIt) {
  for (const char* codings : {"gzip", "deflate", "br", "zstd"}) {
    const std::string coded = encoded(codings, text());
    for (size_t cut = 1; cut < coded.size(); ++cut) {
      const Decoded decoded = decode(codings, coded.substr(0, cut));
      EXPECT_EQ(decoded.fault, "") << codings << " cut at " << cut;
      EXPECT_FALSE(decoded.whole) << codings << " cut at " << cut << " of " << coded.size();
      EXPECT_TRUE(text().starts_with(decoded.bytes)) << codings << " cut at " << cut;
      if (cut % 16 != 0) continue;
      EXPECT_EQ(decode(codings, coded.substr(0, cut), 4, 8), decoded) << codings << " cut at " << cut;
    }
  }
}

TEST(ContentDecoder, KnowsThatASecondMemberIsCut) {
  for (const char* coding : {"gzip", "zstd"}) {
    const std::string one = encoded(coding, "one"), two = encoded(coding, "two");
    for (size_t cut = 0; cut <= two.size(); ++cut) {
      const Decoded decoded = decode(coding, one + two.substr(0, cut));
      EXPECT_EQ(decoded.fault, "");
      EXPECT_EQ(decoded.whole, cut == 0 || cut == two.size()) << coding << " cut at " << cut;
    }
  }
}

TEST(ContentDecoder, KnowsThatRawDeflateAndChainsAreCut) {
  const std::string raw = deflated(text(), Wrapper::kRaw);
  EXPECT_FALSE(decode("deflate", raw.substr(0, raw.size() - 1)).whole);
  EXPECT_FALSE(decode("deflate", raw.substr(0, 1)).whole);
  const std::string gzip = encoded("gzip", text());
  const std::string outer = encoded("br", gzip);
  EXPECT_FALSE(decode("gzip, br", outer.substr(0, outer.size() - 1)).whole);
  EXPECT_FALSE(decode("gzip, br", encoded("br", gzip.substr(0, gzip.size() - 1))).whole);
}

TEST(ContentDecoder, AnEmptyBodyIsWholeInEveryCoding) {
  for (const char* codings : {"gzip", "deflate", "br", "zstd"}) EXPECT_EQ(decode(codings, ""), whole(""));
  EXPECT_EQ(decode("gzip, br", encoded("br", "")), whole(""));
}

TEST(ContentDecoder, SaysWhatIsWrongWithWhatIsDamaged) {
  const auto damaged = [](std::string bytes, size_t from_end) {
    bytes[bytes.size() - from_end] = static_cast<char>(bytes[bytes.size() - from_end] ^ 0x55);
    return bytes;
  };
  const std::string gzip = encoded("gzip", text()), zlib = encoded("deflate", text());
  const struct {
    const char* codings;
    std::string coded;
    const char* fault;
  } cases[] = {
      {"gzip", "this is not gzip", "not in the format"},
      {"gzip", "\x1fX", "not in the format"},
      {"gzip", damaged(gzip, 8), "check"},  // CRC-32
      {"gzip", damaged(gzip, 1), "length"}, // length
      {"gzip", damaged(gzip, gzip.size() / 2), ""},
      {"deflate", damaged(zlib, 1), "check"},
      {"deflate", "\xff\xff\xff\xff\xff", "invalid"},
      {"br", "this is not br at all, and is long enough", "not br"},
      {"zstd", "this is not zstd", "not zstd"},
      {"zstd", damaged(encoded("zstd", text()), 1), "checksum"},
      {"zstd", zstd(text(), 24), "8 MiB"},
      {"gzip, br", encoded("br", "this is not gzip"), "not in the format"},
      {"gzip, br", "this is not br at all, and is long enough", "not br"},
  };
  for (const auto& one : cases) {
    EXPECT_THAT(decode(one.codings, one.coded).fault, HasSubstr(one.fault)) << one.codings;
    const Decoded slowly = decode(one.codings, one.coded, 1, 1);
    EXPECT_NE(slowly.fault, "") << one.codings << ", byte by byte: " << slowly;
  }
}

TEST(ContentDecoder, AFaultIsFinal) {
  std::string coded = encoded("br", encoded("gzip", text()));
  coded.resize(coded.size() / 2);
  coded += "this is no part of it, and goes on for a while";
  const auto made = decoder_for("gzip, br");
  std::string_view piece = coded;
  std::string out(text().size(), '\0');
  for (int i = 0; i < 3; ++i) {
    std::span<char> room(out);
    EXPECT_EQ((*made)->decode(piece, room), ContentDecoder::Outcome::kFault);
  }
}

TEST(ContentDecoder, RefusesBytesBehindTheEndThatMayBeAMissingPart) {
  const std::string gzip = encoded("gzip", text());
  std::string damaged_member = encoded("gzip", "more");
  damaged_member[1] = 'x';
  const std::pair<const char*, std::string> cases[] = {
      {"gzip", gzip + "garbage"},
      {"gzip", gzip + damaged_member},
      {"gzip", gzip + std::string(4, '\0') + "<!-- cached -->"},
      {"gzip", gzip + encoded("deflate", "more")},
      {"deflate", encoded("deflate", text()) + "x"},
      {"deflate", deflated(text(), Wrapper::kRaw) + "abcdX"},
      {"br", encoded("br", text()) + encoded("br", text())},
      {"zstd", encoded("zstd", text()) + "garbage"},
  };
  for (const auto& [coding, coded] : cases) {
    const Decoded decoded = decode(coding, coded);
    EXPECT_THAT(decoded.fault, HasSubstr("bytes follow its end")) << coding;
    EXPECT_EQ(decoded.bytes, text()) << "what was right came before";
    EXPECT_EQ(decode(coding, coded, 1, 1).fault, decoded.fault) << coding;
  }
}

TEST(ContentDecoder, MakesNoMoreThanThereIsRoomForAndNothingWithoutAny) {
  for (const char* coding : {"gzip", "deflate", "br", "zstd"}) {
    const std::string coded = encoded(coding, std::string(8 << 20, 'x'));
    ASSERT_LT(coded.size(), 16u << 10) << "one read of a socket";
    const auto made = decoder_for(coding);
    std::string_view piece = coded;
    std::array<char, 100> block;
    std::span<char> none(block.data(), 0);
    EXPECT_EQ((*made)->decode(piece, none), ContentDecoder::Outcome::kNeedsRoom) << coding;
    EXPECT_EQ((*made)->decode(piece, none), ContentDecoder::Outcome::kNeedsRoom) << coding;
    uint64_t total = 0;
    for (;;) {
      std::span<char> room(block);
      const auto outcome = (*made)->decode(piece, room);
      total += block.size() - room.size();
      if (outcome != ContentDecoder::Outcome::kNeedsRoom) break;
      ASSERT_TRUE(room.empty());
    }
    EXPECT_EQ(total, 8u << 20) << coding;
    EXPECT_TRUE((*made)->is_whole()) << coding;
  }
}

} // namespace
} // namespace circuit::http

#include "ingest/cli/secret_input.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace circuit::cli {
namespace {

namespace v1 = circuit::feeds::v1;

class SecretInput : public ::testing::Test {
 protected:
  ~SecretInput() override { std::filesystem::remove(file_); }

  std::string file(const std::string& text) {
    std::ofstream(file_) << text;
    ::chmod(file_.c_str(), S_IRUSR | S_IWUSR);
    return file_;
  }
  static v1::AuthorizationMethod method(const std::vector<std::string>& secrets) {
    v1::AuthorizationMethod made;
    made.set_name("m");
    made.add_fields()->set_name("account");
    for (const auto& name : secrets) {
      auto* field = made.add_fields();
      field->set_name(name);
      field->set_secret(true);
    }
    return made;
  }
  std::string refusal(const SecretSources& sources, const std::vector<std::string>& secrets = {"token"}) {
    v1::ConnectionSecrets to;
    const auto read = read_secrets(sources, method(secrets), to);
    EXPECT_FALSE(read.ok());
    if (read.ok()) return "";
    EXPECT_EQ(read.error().to_string().find("marker"), std::string::npos) << "the secret itself was repeated";
    return read.error().reason;
  }

  const std::string file_ = ::testing::TempDir() + "secret-" + std::to_string(::getpid());
};

TEST_F(SecretInput, ATokenFromAFileGoesUnderTheNameThatTheMethodGives) {
  SecretSources sources;
  sources.token_file = file("abc\n");
  for (const std::string name : {"token", "key"}) {
    v1::ConnectionSecrets to;
    ASSERT_TRUE(read_secrets(sources, method({name}), to).ok());
    EXPECT_EQ(to.values().at(name), "abc") << "without the line's end";
  }
  v1::ConnectionSecrets to;
  ASSERT_TRUE(read_secrets(sources, method({"client_secret", "token"}), to).ok());
  EXPECT_EQ(to.values().at("token"), "abc");
}

TEST_F(SecretInput, NamedSecretsComeFromFilesAsTheyAre) {
  SecretSources sources;
  sources.named = {"key=@" + file("-----BEGIN\nline\n-----END\n")};
  v1::ConnectionSecrets to;
  ASSERT_TRUE(read_secrets(sources, method({"key"}), to).ok());
  EXPECT_EQ(to.values().at("key"), "-----BEGIN\nline\n-----END");
}

TEST_F(SecretInput, WhatIsTypedIsRefusedAndNotRepeated) {
  SecretSources typed;
  typed.refused = "marker";
  EXPECT_EQ(refusal(typed), "SECRET_ON_COMMAND_LINE");
  SecretSources named;
  named.named = {"token=marker"};
  EXPECT_EQ(refusal(named), "SECRET_ON_COMMAND_LINE");
}

TEST_F(SecretInput, SaysWhatIsWrongWithASource) {
  SecretSources sources;
  sources.token_file = "/nowhere/at/all";
  EXPECT_EQ(refusal(sources), "SECRET_FILE_UNREADABLE");
  sources.token_file = file("\n");
  EXPECT_EQ(refusal(sources), "SECRET_EMPTY");
  sources.token_file = file(std::string(70'000, 'x'));
  EXPECT_EQ(refusal(sources), "SECRET_MALFORMED");
  sources.token_file = file("x");
  EXPECT_EQ(refusal(sources, {"key", "certificate"}), "SECRET_AMBIGUOUS");
  EXPECT_EQ(refusal(sources, {}), "SECRET_AMBIGUOUS");
  SecretSources malformed;
  malformed.named = {"@file"};
  EXPECT_EQ(refusal(malformed), "SECRET_MALFORMED");
}

} // namespace
} // namespace circuit::cli

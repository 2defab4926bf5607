#include <array>

#include "tests/fuzz/seeds/seeds.h"

namespace circuit::fuzz {
namespace {

using namespace std::string_view_literals; // for inputs that hold NULs

constexpr auto kDates = std::to_array<std::string_view>({
    "Mon, 02 Nov 2026 10:11:00 +0000",
    "Mon, 2 Nov 26 10:11 EST",
    "2026-11-02T10:11:00Z",
    "2026-11-02T10:11:00.123456+05:30",
    "2026-11-02",
    "2026-11",
    "2026",
    "20261102T101100Z",
    "2026-306",
    "2026-W45-1",
    "Mon Nov  2 10:11:00 2026",
    "Monday, 02-Nov-26 10:11:00 GMT",
    "1793614260",
    "1793614260123",
    "7/4/2012",
    "4.7.2012",
    "03-12-31",
    "2012/7/4 1:02 pm",
    "Nov 2, 2026 at 10:11 AM PST",
    "31 June 2026 24:00",
    "lundi 2 novembre 2026",
    "2 ноября 2026 10:11",
    "2026年11月2日",
    "Пн, 02 Ноя 2026 10:11:00 +0300",
    "Mon, 02 Nov 2026 10:11:00 +0000 (UTC)",
    "2026-11-02 10:11:60",
    "2026-11-02T10:11:00-0800",
    "yesterday",
    "",
});

constexpr auto kBodies = std::to_array<std::string_view>({
    "text/xml; charset=shift_jis\n<?xml version='1.0' encoding='shift_jis'?><a>\x93\xFA\x96{\x8C\xEA</a>",
    "text/xml; charset=euc-jp\n<a>\xC6\xFC\xCB\xDC\xB8\xEC</a>",
    "text/xml; charset=big5\n<a>\xA4\xA4\xA4\xE5</a>",
    "text/xml; charset=gb18030\n<a>\xD6\xD0\xCE\xC4\x81\x30\x81\x30</a>",
    "text/xml; charset=euc-kr\n<a>\xC7\xD1\xB1\xB9</a>",
    "text/xml; charset=koi8-r\n<a>\xF0\xD2\xC9</a>",
    "text/xml; charset=windows-1251\n<a>\xCF\xF0\xE8</a>",
    "text/xml; charset=iso-2022-jp\n<a>\x1B$BF|K\\\x1B(B</a>",
    "text/xml; charset=utf-7\n<a>+AOk-</a>",
    "text/html; charset=\"utf-8\"\n\xEF\xBB\xBF<a>\xC3\xA9</a>",
    "text/xml\n\xFF\xFE<\x00"
    "a\x00>\x00"sv,
    "text/xml\n<\xE9\x00"sv,
    "application/xml;charset='us-ascii'\n<a>\xE2\x82</a>",
    "text/xml; charset=hz-gb-2312\n~{VPND~}",
    "text/xml; charset=bocu-1\n\xFB\xEE\x28",
    "\n\xF4\x8F\xBF\xBF\xED\xA0\x80",
    "text/xml; charset=windows-1252\n\x80\x81\x9F",
    "text/xml; charset=utf-32\n\x00\x00\xFE\xFF\x00\x00\x00<"sv,
    "text/xml; charset=x-user-defined\n\x80",
    "text/xml; charset=iso-2022-kr\n\x1B$)C\x0E\x47\x51\x0F",
});

constexpr auto kFiles = std::to_array<std::string_view>({
    "a.md\n\n# Title\n\ntext",
    "a.txt\ntext/plain\n# no heading\n* no list\n===\na_b_ *c*\n",
    "a.py\n\nif x:\n    print('```')\n",
    "a.csv\n\na,b\n1,\"x, \"\"y\"\"\"\n2;3\n",
    "a.tsv\n\na\tb\n1\t2\n",
    "a.html\n\n<h1>T</h1><p>a <b>b</b>",
    "a.json\napplication/json\n{\"a\": [1, 2]}",
    "page\ntext/html; charset=iso-8859-1\n<!DOCTYPE html><p>\xE9",
    "a.png\nimage/png\n\x89PNG\r\n\x1A\n\x00\x00"sv,
    "a\n\n\xFF\xFEh\x00i\x00"sv,
    "run\n\n#!/bin/sh\nexit\n",
    "big.bin\n\nversion https://git-lfs.github.com/spec/v1\noid sha256:"
    "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n",
});

constexpr auto kGlobs = std::to_array<std::string_view>({
    "docs/**/*.md\ndocs/a/b.md",
    "**/b\na/a/b",
    "a/**/c/**/e\na/b/c/d/e",
    "*a*b?\nxxaxxbx",
    "[!a-c]x[]]\ndx]",
    "a/**\na/b",
    "**/**/x**y\nx/y",
    "\\*\\[\n*[",
    "?\n\xC3\xA4",
});

} // namespace

void add_text_seeds(SeedFolder& seeds) {
  for (const std::string_view date : kDates) seeds.add("dates", date);
  for (const std::string_view body : kBodies) seeds.add("charset", body);
  for (const std::string_view file : kFiles) seeds.add("file_text", file);
  for (const std::string_view glob : kGlobs) seeds.add("globs", glob);
}

} // namespace circuit::fuzz

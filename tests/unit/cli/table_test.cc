#include "cli/table.h"

#include <gtest/gtest.h>

namespace claviger::cli {
namespace {

const std::vector<Cells> kRows = {{"1", "a,b"}, {"1000", "says \"hi\"\n"}};

TEST(FormatTable, MakesColumnsAsWideAsTheirCells) {
  EXPECT_EQ(FormatTable({"NUMBER", "TEXT"}, kRows), "NUMBER  TEXT\n1       a,b\n1000    says \"hi\"?\n");
}

TEST(FormatCsv, QuotesWhatNeedsIt) {
  EXPECT_EQ(FormatCsv({"number", "text"}, kRows), "number,text\n1,\"a,b\"\n1000,\"says \"\"hi\"\"\n\"\n");
}

}  // namespace
}  // namespace claviger::cli

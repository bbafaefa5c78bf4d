/// Our rings at the tests of Rivals/parts/queues.cpp: 64-byte messages, "same thread", "1 to 1"
/// and, with many writers, "2 to 1". The table has a row for each already.
public enum Rings {
    /// Lines of JSON: design ("holdfast single-writer ring", "holdfast many-writer ring"), test,
    /// threads, ns (the median of parts of a run, see `Parts` there), ns_least, checksum. None yet:
    /// this build has no ring types.
    public static func lines(messages: Int) -> [String] { [] }
}

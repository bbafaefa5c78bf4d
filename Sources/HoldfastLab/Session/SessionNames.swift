import CHoldfast

/// The words of the header, as people read them.
public enum SessionNames {
    public static func reason(_ reason: Int) -> String {
        reasons[reason] ?? "unknown"
    }

    static let reasons: [Int: String] = [
        HF_REASON_SL: "sl", HF_REASON_TP: "tp", HF_REASON_TRAILING: "trailing",
        HF_REASON_MANUAL: "manual", HF_REASON_EXTERNAL: "external", HF_REASON_ADVISOR: "advisor",
        HF_REASON_EMERGENCY: "emergency", HF_REASON_TIME: "time",
    ]

    public static func hash(_ hash: UInt64) -> String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

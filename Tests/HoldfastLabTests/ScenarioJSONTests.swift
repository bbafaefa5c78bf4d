import Testing

@testable import HoldfastLab

@Suite struct ScenarioJSONTests {
    @Test("numbers keep their text, objects their order")
    func exact() throws {
        let text =
            #"{"b": 1.10, "a": [true, false, null, -0, 1e5], "c": "x\n\"\\é\u00e9\ud83d\ude00"}"#
        let value = try JSONReader.read(text)
        #expect(
            value.description
                == #"{"b": 1.10, "a": [true, false, null, -0, 1e5], "c": "x\n\"\\éé😀"}"#)
    }

    @Test(
        "what is not JSON is refused at its column",
        arguments: [
            (#"{"a": 1, "a": 2}"#, 10), (#"{"a": 01}"#, 7), (#"{"a": 1.}"#, 9), (#"{"a" 1}"#, 6),
            (#"{"a": 1} x"#, 10), (#"{"a": "x}"#, 10), (#"{"a": +1}"#, 7), (#"{"a": nul}"#, 7),
            (#"{"a": "\x"}"#, 10), (#"{"a": "\ud800"}"#, 14), (#"{a: 1}"#, 2), ("", 1),
            (#"{"a": 1,}"#, 9), (#"[1 2]"#, 4),
        ])
    func refused(text: String, column: Int) {
        #expect { try JSONReader.read(text) } throws: { ($0 as? JSONError)?.column == column }
    }

    @Test("a value nested without end is refused, not followed")
    func depth() {
        #expect(throws: JSONError.self) {
            try JSONReader.read(String(repeating: "[", count: 100_000))
        }
    }
}

"""The measuring tools themselves, on samples whose answer is known."""

import header
import project

SWIFT = '''
@_exported import A
import struct B.C
@testable import D
// import E
/* import F /* import G */ import H */
let text = "import I { \\(call("}", { 1 })) // no comment"
let raw = #"a \\( " } import J"#
let long = """
    import K { " func f() {
    """
protocol P {
    func required(a: Int) throws -> Int
    init(b: Int)
    var x: Int { get }
}
struct S: P {
    init(b: Int) { self.init(c: "{") }
    func required(a: Int = { 3 }()) throws -> Int {
        // }
        return a
    }
    func == (l: S, r: S) -> Bool { true }
}
'''


def sample(tmp_path, text):
    path = tmp_path / "Sample.swift"
    path.write_text(text, encoding="utf-8")
    return path


def test_imports_are_found_outside_comments_and_strings(tmp_path):
    assert project.imports(sample(tmp_path, SWIFT)) == ["A", "B", "D"]


def test_functions_are_measured_from_name_to_closing_brace(tmp_path):
    found = list(project.swift_functions(sample(tmp_path, SWIFT)))
    assert [(name, lines) for name, _, lines in found] == [
        ("init", 1), ("required", 4), ("==", 1)
    ]


def test_blanking_keeps_every_line_in_its_place(tmp_path):
    code = project.swift_code(sample(tmp_path, SWIFT))
    assert code.count("\n") == SWIFT.count("\n")
    assert len(code) == len(SWIFT)


def test_a_parameter_is_split_into_type_and_name():
    pointer = header.parse_parameter("const hf_tick *ticks")
    assert (pointer.type, pointer.name, pointer.base) == ("const hf_tick *", "ticks", "hf_tick")
    handle = header.parse_parameter("hf_core **core")
    assert (handle.type, handle.pointers, handle.base) == ("hf_core **", 2, "hf_core")


def test_a_comment_says_which_arguments_may_be_null():
    names = {
        (function.name, parameter.name)
        for function in header.functions("holdfast.h")
        for parameter in function.parameters
        if parameter.pointers and function.may_be_null(parameter.name)
    }
    assert {("hf_apply", "outcome"), ("hf_events_read", "lost")} <= names
    assert ("hf_positions_close", "results") in names
    assert ("hf_apply", "body") not in names

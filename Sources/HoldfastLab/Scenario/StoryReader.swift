import Foundation

extension Story {
    /// Reads a file. All that is wrong with its form is found here.
    public init(path: String) throws(StoryError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw StoryError(path: path, line: 0, message: "cannot be read")
        }
        guard let text = String(bytes: data, encoding: .utf8) else {
            throw StoryError(path: path, line: 0, message: "is not UTF-8")
        }
        try self.init(text: text, path: path)
    }

    public init(text: String, path: String) throws(StoryError) {
        self.path = path
        var chapters: [Chapter] = []
        var number = 0
        for line in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            let line = String(Substring(line)).trimmingCharacters(in: .whitespaces.union(.newlines))
            if line.isEmpty || line.hasPrefix("#") { continue }
            do {
                switch try StoryLine(line, number: number) {
                case .input(let input):
                    try Story.checkFile(of: input, beside: path)
                    chapters.append(Chapter(input: input))
                case .expectation(let expectation):
                    if chapters.isEmpty { chapters.append(Chapter()) }
                    chapters[chapters.count - 1].expectations.append(expectation)
                }
            } catch let error as ShapeError {
                throw StoryError(path: path, line: number, message: error.message)
            } catch let error as JSONError {
                throw StoryError(
                    path: path, line: number,
                    message: "is not JSON: \(error.message) (column \(error.column))")
            } catch {
                throw StoryError(path: path, line: number, message: "\(error)")
            }
        }
        if chapters.isEmpty { throw StoryError(path: path, line: 0, message: "tells no story") }
        self.chapters = chapters
    }

    /// A quote file is read through before the story begins.
    private static func checkFile(of input: Input, beside path: String) throws {
        if input.verb == "ticks" {
            try StoryQuotes(input.fields, besideStory: path).forEach { _ in }
        }
    }

    /// A file that a story names lies beside it.
    static func beside(_ path: String, _ file: String) -> String {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        return URL(fileURLWithPath: file, relativeTo: folder).path
    }
}

/// One line that is neither empty nor a comment.
enum StoryLine {
    case input(Input)
    case expectation(Expectation)

    init(_ text: String, number: Int) throws {
        guard case .object(let members) = try JSONReader.read(text) else {
            throw ShapeError(message: "a line is an object: {\"do\": ...} or {\"expect\": ...}")
        }
        let fields = Fields(members)
        if case .object(let expected) = fields["expect"] {
            if let extra = members.first(where: { $0.key != "expect" }) {
                throw ShapeError(message: "\"\(extra.key)\" belongs inside of \"expect\"")
            }
            self = .expectation(try Expectation(expected, line: number, source: text))
        } else if let verb = fields.text("do") {
            self = .input(try StoryLine.input(verb, fields, number))
        } else {
            let hint = members.first.map { Nearest.hint($0.key, among: ["do", "expect"]) } ?? ""
            throw ShapeError(
                message: "a line begins with \"do\": VERB or \"expect\": {...}" + hint)
        }
    }

    private static func input(_ verb: String, _ fields: Fields, _ number: Int) throws -> Input {
        if Verbs.later.contains(verb) {
            throw ShapeError(message: "\"\(verb)\" comes with a later version")
        }
        guard let shape = Verbs.shape(verb, fields.members) else {
            throw ShapeError(
                message: "there is no verb \"\(verb)\"" + Nearest.hint(verb, among: Verbs.names))
        }
        try shape.check(fields.members, of: "\"\(verb)\"")
        if let scope = fields.object("scope"), scope.members.count > 1 {
            throw ShapeError(message: "\"scope\" has one key at most")
        }
        return Input(
            line: number, verb: verb, fields: fields,
            time: fields.text("time").flatMap(Moment.init),
            hold: fields.flag("hold"))
    }
}

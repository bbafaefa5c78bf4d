import CHoldfast
import Foundation
import HoldfastABI
import Testing

@testable import HoldfastLab

/// The conformance suite: every story holds through every door with the same state hash, and its
/// recording applied by another process has the same events and the same hash.
@Suite struct ScenarioConformanceTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let stories: [String] = {
        let folder = root.appendingPathComponent("bindings/conformance/scenarios")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".jsonl") }.sorted()
            .map { folder.appendingPathComponent($0).path }
    }()

    @Test("there are stories to run")
    func present() {
        #expect(!Self.stories.isEmpty)
    }

    @Test(
        "a story holds through every door, on any number of stripes, with one hash",
        arguments: stories)
    func doors(path: String) throws {
        let story = try Story(path: path)
        var hashes: Set<UInt64?> = []
        for backend in Backend.allCases {
            for stripes: UInt32 in [1, 3] {
                var config = ABIDoor.defaults()
                config.stripes = stripes
                let verdict = Runner(story, door: try backend.open(config), out: { _ in }).run()
                #expect(verdict.report == "", "\(backend.rawValue), \(stripes) stripes")
                hashes.insert(verdict.hash)
            }
        }
        #expect(hashes.count == 1)
    }

    @Test(
        "S11.4 a recorded story applied in another process has the same events and hash",
        arguments: stories)
    func recorded(path: String) throws {
        let files = try Scratch()
        let file = files.path("story.rec")
        var lines: [String] = []
        let door = try ABIDoor(config: ABIDoor.defaults())
        try #require(hf_recording_open(door.core, file) == HF_OK)
        let verdict = Runner(try Story(path: path), door: door, printsEvents: true) {
            lines.append($0)
        }.run()
        try #require(hf_recording_close(door.core) == HF_OK)

        let applied = try Ran(["apply", file, "--print", "--hash"])
        #expect(applied.status == 0)
        let events = lines.filter { $0.hasPrefix("{\"event\"") }.map(Self.withoutRef)
        #expect(applied.output == events + [verdict.hashText ?? ""])
    }

    /// A recording knows no refs.
    private static func withoutRef(_ line: String) -> String {
        guard case .object(let members) = try? JSONReader.read(line) else { return line }
        return JSON.object(members.filter { $0.key != "ref" }).description
    }
}

// Has veraPDF's library judge PDF files, and prints for each file and profile, parted by tabs: the profile, whether the
// file complies, how many checks were made, what they found, and the file.
// java -cp JAR VeraPdf.java PROFILES FILE…, with profiles such as 3a,ua1
import java.io.File;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.RuleId;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class VeraPdf {
  public static void main(String[] args) throws Exception {
    VeraGreenfieldFoundryProvider.initialise();
    for (String name : args[0].split(",")) {
      PDFAFlavour flavour = PDFAFlavour.fromString(name);
      ValidationProfile profile = profileOf(flavour);
      for (int i = 1; i < args.length; i++) judge(new File(args[i]), flavour, profile);
    }
  }

  private static void judge(File file, PDFAFlavour flavour, ValidationProfile profile)
      throws Exception {
    var foundry = Foundries.defaultInstance();
    try (var parser = foundry.createParser(file, flavour);
        var validator = foundry.createValidator(profile, false)) {
      var result = validator.validate(parser);
      Set<String> broken = new TreeSet<>();
      for (TestAssertion assertion : result.getTestAssertions()) {
        if (assertion.getStatus() != TestAssertion.Status.FAILED) continue;
        broken.add(assertion.getRuleId().getClause() + " " + assertion.getMessage());
      }
      System.out.println(
          String.join(
              "\t",
              flavour.getId(),
              result.isCompliant() ? "complies" : "breaks rules",
              String.valueOf(result.getTotalAssertions()),
              String.join("; ", broken),
              file.getPath()));
    }
  }

  /** A profile that the library brings. Its own way to read one needs JAXB, which Java no longer has. */
  private static ValidationProfile profileOf(PDFAFlavour flavour) throws Exception {
    String id = flavour.getId();
    String name = id.startsWith("ua") ? "PDFUA-1" : "PDFA-" + id.toUpperCase(Locale.ROOT);
    Document xml;
    try (var file = Profiles.class.getResourceAsStream("/org/verapdf/pdfa/validation/" + name + ".xml")) {
      xml = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file);
    }
    Set<Rule> rules = new LinkedHashSet<>();
    for (Element rule : elements(xml.getElementsByTagName("rule"))) rules.add(ruleOf(rule));
    Set<Variable> variables = new LinkedHashSet<>();
    for (Element variable : elements(xml.getElementsByTagName("variable"))) {
      variables.add(
          Profiles.variableFromValues(
              variable.getAttribute("name"),
              variable.getAttribute("object"),
              text(variable, "defaultValue"),
              text(variable, "value")));
    }
    var details = Profiles.profileDetailsFromValues(name, "", "", new Date(0));
    return Profiles.profileFromValues(flavour, details, "", rules, variables);
  }

  private static Rule ruleOf(Element rule) {
    Element id = elements(rule.getElementsByTagName("id")).get(0);
    RuleId ruleId =
        Profiles.ruleIdFromValues(
            PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
            id.getAttribute("clause"),
            Integer.parseInt(id.getAttribute("testNumber")));
    String deferred = rule.getAttribute("deferred");
    return Profiles.ruleFromValues(
        ruleId,
        rule.getAttribute("object"),
        deferred.isEmpty() ? null : Boolean.valueOf(deferred),
        rule.getAttribute("tags"),
        text(rule, "description"),
        text(rule, "test"),
        Profiles.errorFromValues(text(rule, "message"), List.of()),
        List.of());
  }

  private static String text(Element parent, String name) {
    return parent.getElementsByTagName(name).item(0).getTextContent();
  }

  private static List<Element> elements(NodeList nodes) {
    return IntStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item(i)).toList();
  }
}

package dev.tcptop;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.netty.util.NetUtil;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The packages stand in the order of the data's flow: each depends only on those before it. */
class PackageOrderTest {
  private static final String ROOT = "dev.tcptop";

  /** In the order of the flow; the packages of one line never depend on each other. */
  private static final List<List<String>> ORDER =
      List.of(
          List.of("dev.tcptop.model"),
          List.of("dev.tcptop.query"),
          List.of("dev.tcptop.config"),
          List.of("dev.tcptop.collect"),
          List.of("dev.tcptop.collect.ebpf"),
          List.of("dev.tcptop.names"),
          List.of("dev.tcptop.table"),
          List.of("dev.tcptop.publish"),
          List.of("dev.tcptop.history", "dev.tcptop.format", "dev.tcptop.self"),
          List.of("dev.tcptop.http.guard"),
          List.of(
              "dev.tcptop.stdout",
              "dev.tcptop.terminal",
              "dev.tcptop.http.api",
              "dev.tcptop.http.stream",
              "dev.tcptop.metrics",
              "dev.tcptop.otlp"),
          List.of("dev.tcptop.cli"),
          List.of(ROOT));

  /** The ways out, each with its packages: none knows another. */
  private static final List<String> FACES =
      List.of("stdout", "terminal", "http", "metrics", "otlp");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  private static Set<String> packages() {
    return CLASSES.stream()
        .map(JavaClass::getPackageName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static int stage(String name) {
    for (int i = 0; i < ORDER.size(); i++) {
      if (ORDER.get(i).contains(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException(name + " has no place in the order");
  }

  @Test
  void everyPackageHasItsPlace() {
    Set<String> placed =
        ORDER.stream().flatMap(List::stream).collect(Collectors.toCollection(TreeSet::new));

    assertThat(packages()).isSubsetOf(placed).hasSizeGreaterThanOrEqualTo(10);
  }

  @ParameterizedTest
  @MethodSource("packages")
  void aPackageKnowsOnlyThoseBeforeIt(String name) {
    int stage = stage(name);
    DescribedPredicate<JavaClass> later =
        describe(
            "of a package that does not stand before it",
            known ->
                !known.getPackageName().equals(name) && stage(known.getPackageName()) >= stage);

    noClasses()
        .that()
        .resideInAPackage(name)
        .should()
        .dependOnClassesThat(resideInAPackage("dev.tcptop..").and(later))
        .check(CLASSES);
  }

  private static List<String> faces() {
    return FACES;
  }

  @ParameterizedTest
  @MethodSource("faces")
  void aFaceKnowsNoOther(String face) {
    String[] others =
        FACES.stream()
            .filter(other -> !other.equals(face))
            .map(other -> ROOT + "." + other + "..")
            .toArray(String[]::new);

    noClasses()
        .that()
        .resideInAPackage(ROOT + "." + face + "..")
        .should()
        .dependOnClassesThat(resideInAnyPackage(others))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void onlyTheRootPackageKnowsThePlatformsCollector() {
    classes()
        .that()
        .resideInAPackage("dev.tcptop.collect.ebpf")
        .should()
        .onlyHaveDependentClassesThat(resideInAnyPackage(ROOT, "dev.tcptop.collect.ebpf"))
        .check(CLASSES);
  }

  @Test
  void onlyTheNativesHaveNativeMethods() {
    assertThat(
            CLASSES.stream()
                .filter(
                    known ->
                        known.getMethods().stream()
                            .anyMatch(
                                method ->
                                    method
                                        .getModifiers()
                                        .contains(
                                            com.tngtech.archunit.core.domain.JavaModifier.NATIVE)))
                .map(JavaClass::getName))
        .containsExactly("dev.tcptop.collect.ebpf.Native");
  }

  @Test
  void theModelKnowsNobody() {
    classes()
        .that()
        .resideInAPackage("dev.tcptop.model")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage("dev.tcptop.model", "java.lang..", "java.time", "org.jspecify..")
                // The text of an address is the libraries' work.
                .or(assignableTo(NetUtil.class))
                .or(resideInAnyPackage("java.net", "java.nio", "java.util.regex")))
        .check(CLASSES);
  }

  @Test
  void theTableKnowsNoFramework() {
    noClasses()
        .that()
        .resideInAPackage("dev.tcptop.table")
        .should()
        .dependOnClassesThat(
            not(resideInAnyPackage("dev.tcptop..", "java..", "org.agrona..", "org.jspecify..")))
        .check(CLASSES);
  }
}
